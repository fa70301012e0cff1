/** Where calibrations lie unless `--out` says otherwise: a file for each machine key. */
export const calibrationDirectory = "results/calibration";
