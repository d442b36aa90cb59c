import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { klParts, normalDensity } = await core("gaussian"), { z, mean, sd, density, kl } = cases("gaussian");

test("densities and the KL divergence are those of torch.distributions", () => {
  assertClose(z.map((value, i) => normalDensity(value, mean[i], sd[i])), density, 1e-9);
  assertClose(mean.map((m, i) => { const parts = klParts(m, sd[i]); return parts.mean + parts.width; }), kl, 1e-9);
});
