/**
 * The folder of the histories unless `--history` names another; it has a file for each machine key.
 */
export const historyDirectory = "results/history";

/**
 * The folder of the calibrations unless `--out` names another; it has a file for each machine key.
 */
export const calibrationDirectory = "results/calibration";
