/** A text file by the name under which messages speak of it. */
export interface InputFile {
  readonly name: string;
  readonly text: string;
}

/**
 * All that a release is built from, in the form that the public network keeps in its repository
 * (ephemery-testnet/ephemery-genesis). `readInputs` takes it from a folder, `devnetInputs` makes it.
 */
export interface GenesisInputs {
  /** values.env */
  readonly values: InputFile;
  /** cl-config.yaml: config.yaml with $VARIABLES in it. */
  readonly consensusTemplate: InputFile;
  /** el-config.yaml: premine and preloaded contracts, with $VARIABLES in it. */
  readonly executionTemplate: InputFile;
  /** validators/*.txt in glob order; a file's name without folder and `.txt` is the validators' name. */
  readonly validators: readonly InputFile[];
  /** el-bootnodes.txt */
  readonly enodes: InputFile;
  /** cl-bootnodes.txt */
  readonly bootnodes: InputFile;
}
