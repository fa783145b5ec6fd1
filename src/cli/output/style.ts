/** Colour is a hint and never the only sign of anything. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  warning(text: string): string;
  faint(text: string): string;
  strong(text: string): string;
}

const introducer = '\u001b[';

function sgr(on: number, off: number): (text: string) => string {
  return (text) => `${introducer}${on}m${text}${introducer}${off}m`;
}

const colouredStyle: Style = {
  good: sgr(32, 39),
  bad: sgr(31, 39),
  warning: sgr(33, 39),
  faint: sgr(2, 22),
  strong: sgr(1, 22),
};

const same = (text: string): string => text;

export const plainStyle: Style = { good: same, bad: same, warning: same, faint: same, strong: same };

/** https://no-color.org: any non-empty NO_COLOR turns colour off; so do pipes and dumb terminals. */
export function styleFor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Style {
  const off = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb' || stream.isTTY !== true;
  return off ? plainStyle : colouredStyle;
}
