// The node-* packages write `os` and `cpu` as strings where pnpm reads lists. With lists, pnpm
// installs only the one that fits this machine.
export const hooks = {
  readPackage(pkg) {
    for (const key of ["os", "cpu"]) {
      if (typeof pkg[key] === "string") pkg[key] = [pkg[key]];
    }
    return pkg;
  },
};
