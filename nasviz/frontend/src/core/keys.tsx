/** The keys of a view, listed; each view has its own. */

export type KeyRow = [key: string, words: string];

export const KeyList = ({ keys }: { keys: readonly KeyRow[] }) => (
  <ul class="nv-keys" aria-label="Keys">
    {keys.map(([key, words]) => (
      <li key={key}>
        <kbd>{key}</kbd>
        <span>{words}</span>
      </li>
    ))}
  </ul>
);
