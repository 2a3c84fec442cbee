// What other scripts of the page have put into its window, as far as ours use it.

/** A chart of Plotly's: the element that it draws into. */
interface Chart extends HTMLElement {
  data: { text?: (string | null)[][] }[];
  layout: { meta?: unknown };
  /** What Plotly knows of a figure that is drawn: its axes, and where its plot lies, in pixels. */
  _fullLayout: {
    _size: { l: number; t: number; w: number; h: number };
    dragmode: string | false;
  } & Record<string, Axis>;
  on(event: "plotly_selected", listener: (selected?: Selected) => void): void;
  on(event: "plotly_afterplot", listener: () => void): void;
  on(event: "plotly_deselect", listener: () => void): void;
  on(event: "plotly_click", listener: (clicked: Clicked) => void): void;
  removeAllListeners?(event: string): void;
}

/** One that Plotly has drawn: what it made of each trace, and its axes by their keys in a layout. */
interface Drawn extends HTMLElement {
  data: unknown;
  layout: { meta?: unknown };
  _fullData: {
    x?: unknown;
    xaxis: string;
    yaxis: string;
    orientation?: string;
    _islinear?: boolean;
  }[];
  _fullLayout: Record<string, Axis> & { barmode?: unknown };
  emit(event: string): void;
}

/** An axis of Plotly's: pixels of a value as the figure has it, and as Plotly counts it. */
interface Axis {
  visible: boolean;
  /** Whether it ends where the values do. */
  autorange?: boolean;
  _length: number;
  /** Where it begins and ends, of times as texts; as numbers, and back. */
  range: unknown[];
  r2l(value: unknown): number;
  l2r(value: number): unknown;
  p2r(pixel: number): unknown;
  d2p(value: number | string | null): number;
  c2p(value: number): number;
}

interface Selected {
  /** Numbers, or on an axis of times texts. */
  range?: { x?: number[]; y?: number[] };
}

/** What a chart over time says of itself: each unit's first and last, as addresses have them. */
interface Units {
  time: string;
  from: string[];
  until: string[];
}

/** What a calendar says of itself: the filters of each row's and column's rows, and what they replace. */
interface Cells {
  drop: string[];
  up: [key: string, value: string][][];
  across: [key: string, value: string][][];
}

interface Clicked {
  points: { data: { meta?: unknown }; pointNumber: number | [row: number, column: number] }[];
  event: MouseEvent;
}

interface DashInput {
  id: string | Record<string, string>;
  value?: unknown;
}

interface Window {
  DashRenderer: new () => unknown;
  /** What Dash finds this page's own components in, by their names. */
  iris_dash: Record<string, (props: never) => unknown>;
  React: {
    createElement(kind: string, props: object, ...children: unknown[]): unknown;
    useLayoutEffect(does: () => void, follows: unknown[]): void;
    useRef(first: unknown): { current: unknown };
    useState<State>(first: State): [State, (next: State) => void];
  };
  Plotly: {
    toImage(plot: object, how: object): Promise<string>;
    setPlotConfig(config: object): void;
    react(chart: HTMLElement, ...given: unknown[]): unknown;
    relayout(chart: HTMLElement, layout: object): void;
  };
  /** The stores that Dash keeps its state in, as it makes them. */
  dash_stores: { subscribe(listener: () => void): () => void }[];
  dash_component_api: {
    getLayout(id: string | object): { props: Record<string, unknown> } | undefined;
  };
  dash_clientside: {
    dashboard: Record<string, (...args: never[]) => unknown>;
    no_update: unknown;
    set_props(id: string | Record<string, string>, props: object): void;
    callback_context: {
      triggered?: { prop_id: string; value: unknown }[];
      inputs_list: (DashInput | DashInput[])[];
      states_list: (DashInput | DashInput[])[];
    };
  };
}

/** Swagger UI's, on the page of the documentation. */
declare function SwaggerUIBundle(how: object): void;
