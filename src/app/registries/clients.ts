import type { ClientDefinition, RefusedClient } from '../../core/clients/client.ts';
import { caplin } from '../../core/clients/consensus/caplin.ts';
import { caplinEmbedded } from '../../core/clients/consensus/caplin-embedded.ts';
import { grandine } from '../../core/clients/consensus/grandine.ts';
import { lighthouse } from '../../core/clients/consensus/lighthouse.ts';
import { lodestar } from '../../core/clients/consensus/lodestar.ts';
import { mayfly } from '../../core/clients/consensus/mayfly.ts';
import { nimbus } from '../../core/clients/consensus/nimbus.ts';
import { prysm } from '../../core/clients/consensus/prysm.ts';
import { teku } from '../../core/clients/consensus/teku.ts';
import { postgresql } from '../../core/clients/database/postgresql.ts';
import { besu } from '../../core/clients/execution/besu.ts';
import { erigon } from '../../core/clients/execution/erigon.ts';
import { ethereumjs } from '../../core/clients/execution/ethereumjs.ts';
import { ethrex } from '../../core/clients/execution/ethrex.ts';
import { geth } from '../../core/clients/execution/geth.ts';
import { nethermind } from '../../core/clients/execution/nethermind.ts';
import { nimbusEth1 } from '../../core/clients/execution/nimbus-eth1.ts';
import { reth } from '../../core/clients/execution/reth.ts';
import { web3signer } from '../../core/clients/signer/web3signer.ts';
import { grandineValidator } from '../../core/clients/validator/grandine.ts';
import { lighthouseValidator } from '../../core/clients/validator/lighthouse.ts';
import { lodestarValidator } from '../../core/clients/validator/lodestar.ts';
import { mayflyValidator } from '../../core/clients/validator/mayfly.ts';
import { nimbusValidator } from '../../core/clients/validator/nimbus.ts';
import { prysmValidator } from '../../core/clients/validator/prysm.ts';
import { tekuValidator } from '../../core/clients/validator/teku.ts';
import { vero } from '../../core/clients/validator/vero.ts';

/** Every client that can be named in a configuration. */
export const clients: readonly ClientDefinition[] = [
  geth,
  nethermind,
  besu,
  erigon,
  reth,
  ethrex,
  nimbusEth1,
  ethereumjs,
  lighthouse,
  lodestar,
  nimbus,
  prysm,
  teku,
  grandine,
  caplin,
  caplinEmbedded,
  mayfly,
  lighthouseValidator,
  lodestarValidator,
  nimbusValidator,
  prysmValidator,
  tekuValidator,
  grandineValidator,
  vero,
  mayflyValidator,
  web3signer,
  postgresql,
];

/** Clients that people know and that cannot be run here, with the reason. */
export const refusedClients: readonly RefusedClient[] = [];
