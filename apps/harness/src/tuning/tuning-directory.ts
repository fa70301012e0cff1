/** Where what was tuned lies unless `--out` says otherwise: a file for each machine key. */
export const tuningDirectory = "results/tuning";
