throw new Error("this file has a bad day");
