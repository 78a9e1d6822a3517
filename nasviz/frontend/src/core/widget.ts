/** The part of anywidget's front-end protocol (0.11) that nasviz uses. */

export interface WidgetModel {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event?: string | null, callback?: ((...args: never[]) => void) | null): void;
  /** missing in a saved page */
  widget_manager?: { get_model(id: string): Promise<unknown> };
}

export interface Host {
  getWidget(reference: unknown): Promise<{ exports: unknown }>;
}

export interface RenderProps {
  model: WidgetModel;
  el: HTMLElement;
  host: Host;
  signal: AbortSignal;
}
