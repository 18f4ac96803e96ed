/** The roles of the four files of a data set in the format of MNIST. */
export const fileRoles = ["trainingImages", "trainingLabels", "testImages", "testLabels"] as const;
/** The role of a file: which of the four it is. */
export type FileRole = (typeof fileRoles)[number];

/** How each file is named wherever such data sets are published. */
export const fileNames: Readonly<Record<FileRole, string>> = {
  trainingImages: "train-images-idx3-ubyte",
  trainingLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
};

/** The data as its authors published it. */
export interface Publication {
  /** The MD5 of each file once unpacked, in hexadecimal. */
  readonly md5: Readonly<Record<FileRole, string>>;
  /** Addresses of folders that serve `<file name>.gz`, in the order in which they are tried. */
  readonly mirrors: readonly string[];
}

/** Bytes, unpacked: five times the largest file of these data sets. Whatever is larger is something else. */
export const largestPublished = 256 * 2 ** 20;
