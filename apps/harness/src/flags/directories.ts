/** Where histories lie unless `--history` says otherwise: a file for each machine key. */
export const historyDirectory = "results/history";

/** Where calibrations lie unless `--out` says otherwise: a file for each machine key. */
export const calibrationDirectory = "results/calibration";
