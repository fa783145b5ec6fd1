/** What came of calling a node by its address. */
export type ProbeAnswer =
  | {
      readonly answers: true;
      readonly by: ProbeWay;
      readonly tookMs: number;
      /** Our own address as that node sees it, `host:port`. */
      readonly seenAs?: string;
      /** As it calls itself. */
      readonly client?: string;
      /** Protocols that it offers, such as `eth/68`. */
      readonly capabilities?: readonly string[];
      /** It answered, and does not want us: too many peers, for one. */
      readonly refusal?: string;
    }
  | { readonly answers: false; readonly by: ProbeWay; readonly reason: string };

export type ProbeWay = 'discv4' | 'discv5' | 'rlpx' | 'libp2p';

/** Calls nodes by the protocols with which they find and greet each other. Silence is never more than silence. */
export interface NodeProbe {
  /** A discv4 ping to an `enode://` address. */
  discv4(enode: string): Promise<ProbeAnswer>;
  /** An RLPx handshake with an `enode://` address, up to its hello. */
  rlpx(enode: string): Promise<ProbeAnswer>;
  /** A discv5 ping to an `enr:` record. */
  discv5(enr: string): Promise<ProbeAnswer>;
  /** The first words of a libp2p connection over TCP, to an `enr:` record. */
  libp2p(enr: string): Promise<ProbeAnswer>;
}
