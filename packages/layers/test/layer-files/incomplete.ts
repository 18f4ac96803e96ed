export const swish = { type: "swish", options: [], plan: "later" };
