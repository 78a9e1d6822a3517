/** Two texts as one: what goes is struck out, what comes is bold; both are told by more than colour. */

/** sign " ", "-" or "+", and the text */
export type Piece = [sign: string, text: string];

export const Pieces = ({ pieces }: { pieces: readonly Piece[] }) => (
  <>
    {pieces.map(([sign, text], k) =>
      sign === "-" ? <del key={k}>{text}</del> : sign === "+" ? <ins key={k}>{text}</ins> : <span key={k}>{text}</span>,
    )}
  </>
);
