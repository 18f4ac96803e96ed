import { countElements, type Shape, type Tensor } from "@nn/tensor";

/**
 * Returns a function that views a tensor as a batch of examples of `exampleShape`. For the same tensor, the
 * function returns the same view again, so that training steps allocate nothing.
 */
export function createView(exampleShape: Shape): (tensor: Tensor) => Tensor {
  const size = countElements(exampleShape);
  const views = new WeakMap<Tensor, Tensor>();
  return (tensor) => {
    let view = views.get(tensor);
    if (view === undefined) {
      view = { shape: [tensor.data.length / size, ...exampleShape], data: tensor.data };
      views.set(tensor, view);
    }
    return view;
  };
}
