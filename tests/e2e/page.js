// What the tests do inside the page of JupyterLab; put into every page before its own scripts.
(() => {
  const panel = () => window.jupyterapp.shell.currentWidget;

  window.e2e = {
    run: { done: true, failed: null },

    // The idle indicator alone shows before the session exists, and running cells then opens a dialog and hangs.
    async ready() {
      if (!window.jupyterapp) return false;
      await window.jupyterapp.restored;
      const p = panel();
      if (!p || !p.sessionContext) return false;
      await p.context.ready;
      await p.revealed;
      await p.sessionContext.ready;
      const kernel = p.sessionContext.session?.kernel;
      if (!kernel || kernel.connectionStatus !== "connected" || kernel.status !== "idle") return false;
      await kernel.info;
      window.jupyterapp.shell.collapseLeft?.();
      return true;
    },

    // Begin a command on one cell, or on all; `e2e.run` says when it has ended.
    begin([command, index]) {
      const run = (window.e2e.run = { done: false, failed: null });
      if (index !== null) {
        panel().content.deselectAll();
        panel().content.activeCellIndex = index;
      }
      const failed = (e) => Object.assign(run, { done: true, failed: String(e) });
      window.jupyterapp.commands.execute(command).then(() => (run.done = true), failed);
    },

    cells() {
      const code = panel().content.widgets.filter((c) => c.model.type === "code");
      return code.map((c) => ({
        source: c.model.sharedModel.getSource(),
        busy: c.promptNode?.textContent.includes("*") ?? false,
        count: c.model.executionCount,
        outputs: c.model.outputs.toJSON(),
      }));
    },

    append(source) {
      const shared = panel().content.model.sharedModel;
      shared.insertCell(shared.cells.length, { cell_type: "code", source, metadata: {} });
      return shared.cells.length - 1;
    },

    // Code and an expression for the kernel, without a cell; null when there is no answer in `ms`.
    async ask([code, expression, ms]) {
      const content = { code, user_expressions: { value: expression }, store_history: false, stop_on_error: false };
      const late = new Promise((done) => setTimeout(() => done(null), ms));
      for (;;) {
        const future = panel().sessionContext.session.kernel.requestExecute({ silent: false, ...content });
        let text = "";
        future.onIOPub = (m) => {
          if (m.header.msg_type === "stream") text += m.content.text;
          if (m.header.msg_type === "error") text += m.content.traceback.join("\n");
        };
        const reply = await Promise.race([future.done, late]);
        // What waits behind a cell that fails is dropped and has not run: ask once more.
        if (reply?.content.status !== "aborted") return reply ? { reply: reply.content, text } : null;
      }
    },

    kernelStatus() {
      return panel().sessionContext.session?.kernel?.status;
    },

    async command([name, args]) {
      await window.jupyterapp.commands.execute(name, args);
    },
  };
})();
