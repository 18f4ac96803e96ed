throw new Error("no beta today\nand a second line");
