/** The roles of the four files of a data set in MNIST format. */
export const fileRoles = ["trainingImages", "trainingLabels", "testImages", "testLabels"] as const;
/** The role of one of the four files. */
export type FileRole = (typeof fileRoles)[number];

/** The names of the files in published data sets. */
export const fileNames: Readonly<Record<FileRole, string>> = {
  trainingImages: "train-images-idx3-ubyte",
  trainingLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
};

/** Where the files of a data set can be downloaded, and their checksums. */
export interface DownloadMirrors {
  /** The MD5 of each decompressed file, in hexadecimal. */
  readonly md5: Readonly<Record<FileRole, string>>;
  /** URLs of folders that serve `<file name>.gz`. They are tried in this order. */
  readonly mirrors: readonly string[];
}

/** Maximum size of a decompressed file in bytes: five times the largest file of these data sets. */
export const maxPublishedSize = 256 * 2 ** 20;
