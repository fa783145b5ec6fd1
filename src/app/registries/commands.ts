import type { Command } from '../../cli/command.ts';
import { artifactsListCommand } from '../../cli/commands/artifacts/list.ts';
import { artifactsPruneCommand } from '../../cli/commands/artifacts/prune.ts';
import { artifactsUpdateCommand } from '../../cli/commands/artifacts/update.ts';
import { artifactsVerifyCommand } from '../../cli/commands/artifacts/verify.ts';
import { clientsCommand } from '../../cli/commands/clients/clients.ts';
import { clientsSwitchCommand } from '../../cli/commands/clients/switch.ts';
import { completionCommand } from '../../cli/commands/completion/completion.ts';
import { initCommand } from '../../cli/commands/config/init.ts';
import { chaosCommands } from '../../cli/commands/devnet/chaos.ts';
import { releaserCommands } from '../../cli/commands/devnet/releaser.ts';
import { devnetRunCommand } from '../../cli/commands/devnet/run.ts';
import { exportCommands } from '../../cli/commands/export/export.ts';
import { keysBackupCommand } from '../../cli/commands/keys/backup.ts';
import { keysBackupDrillCommand } from '../../cli/commands/keys/backup-drill.ts';
import { keysBackupIdentityCommand } from '../../cli/commands/keys/backup-identity.ts';
import { keysBackupListCommand } from '../../cli/commands/keys/backup-list.ts';
import { keysChangeCredentialsCommand } from '../../cli/commands/keys/change-credentials.ts';
import { keysConsolidateCommand } from '../../cli/commands/keys/consolidate.ts';
import { keysDepositCommand } from '../../cli/commands/keys/deposit.ts';
import { keysDepositAgainCommand } from '../../cli/commands/keys/deposit-again.ts';
import { keysDepositListCommand } from '../../cli/commands/keys/deposit-list.ts';
import { keysExitCommand } from '../../cli/commands/keys/exit.ts';
import { keysExportCommand } from '../../cli/commands/keys/export.ts';
import { keysGenesisFileCommand } from '../../cli/commands/keys/genesis-file.ts';
import { keysImportCommand } from '../../cli/commands/keys/import.ts';
import { keysListCommand } from '../../cli/commands/keys/list.ts';
import { keysNewCommand } from '../../cli/commands/keys/new.ts';
import { keysClaimCommand } from '../../cli/commands/keys/protect/claim.ts';
import { protectCommands } from '../../cli/commands/keys/protect/protect.ts';
import { keysRestoreCommand } from '../../cli/commands/keys/restore.ts';
import { keysShowCommand } from '../../cli/commands/keys/show.ts';
import { keysVerifyDepositsCommand } from '../../cli/commands/keys/verify-deposits.ts';
import { keysWithdrawCommand } from '../../cli/commands/keys/withdraw.ts';
import { networkBootnodesCommand } from '../../cli/commands/network/bootnodes.ts';
import { networkBuildCommand } from '../../cli/commands/network/build.ts';
import { networkCheckpointsCommand } from '../../cli/commands/network/checkpoints.ts';
import { networkFetchCommand } from '../../cli/commands/network/fetch.ts';
import { networkReleasesCommand } from '../../cli/commands/network/releases.ts';
import { networkServeCommand } from '../../cli/commands/network/serve.ts';
import { networkShowCommand } from '../../cli/commands/network/show.ts';
import { networkVerifyCommand } from '../../cli/commands/network/verify.ts';
import { peersCommand } from '../../cli/commands/peers/peers.ts';
import { resetHoldCommand } from '../../cli/commands/reset/hold.ts';
import { resetReleaseCommand } from '../../cli/commands/reset/release.ts';
import { resetCommand } from '../../cli/commands/reset/reset.ts';
import { doctorCommand } from '../../cli/commands/root/doctor.ts';
import { downCommand } from '../../cli/commands/root/down.ts';
import { logsCommand } from '../../cli/commands/root/logs.ts';
import { planCommand } from '../../cli/commands/root/plan.ts';
import { statusCommand } from '../../cli/commands/root/status.ts';
import { upCommand } from '../../cli/commands/root/up.ts';
import { serviceInstallCommand } from '../../cli/commands/service/install.ts';
import { serviceStatusCommand } from '../../cli/commands/service/status.ts';
import { serviceUninstallCommand } from '../../cli/commands/service/uninstall.ts';
import { supportBundleCommand } from '../../cli/commands/support/bundle.ts';
import { syncRecoverCommand } from '../../cli/commands/sync/recover.ts';
import { syncCommand } from '../../cli/commands/sync/sync.ts';

import { validatorCommands } from '../../cli/commands/validators/validators.ts';

/** Every command, in the order of help and reference. */
export const commands: readonly Command[] = [
  upCommand,
  downCommand,
  statusCommand,
  logsCommand,
  planCommand,
  resetCommand,
  resetHoldCommand,
  resetReleaseCommand,
  syncCommand,
  syncRecoverCommand,
  peersCommand,
  doctorCommand,
  supportBundleCommand,
  initCommand,
  clientsCommand,
  clientsSwitchCommand,
  artifactsListCommand,
  artifactsUpdateCommand,
  artifactsVerifyCommand,
  artifactsPruneCommand,
  networkShowCommand,
  networkReleasesCommand,
  networkFetchCommand,
  networkVerifyCommand,
  networkBootnodesCommand,
  networkCheckpointsCommand,
  networkBuildCommand,
  networkServeCommand,
  keysNewCommand,
  keysImportCommand,
  keysListCommand,
  keysShowCommand,
  keysExportCommand,
  keysDepositCommand,
  keysDepositListCommand,
  keysDepositAgainCommand,
  keysVerifyDepositsCommand,
  keysGenesisFileCommand,
  keysExitCommand,
  keysChangeCredentialsCommand,
  keysWithdrawCommand,
  keysConsolidateCommand,
  keysBackupCommand,
  keysBackupListCommand,
  keysBackupDrillCommand,
  keysBackupIdentityCommand,
  keysRestoreCommand,
  devnetRunCommand,
  ...chaosCommands,
  ...releaserCommands,
  ...exportCommands,
  serviceInstallCommand,
  serviceUninstallCommand,
  serviceStatusCommand,
  ...validatorCommands,
  keysClaimCommand,
  ...protectCommands,
  completionCommand(() => commands),
];
