/** How the numbers come to be, in short; docs/method.md has the reasons. */
export const methodSteps: readonly string[] = [
  "Plain and SE are built from one definition, with trained weights where they ship, with those of the files that are named, or else with the same seeded weights wherever both have a parameter; batch norm is folded.",
  "Each case runs in a process or browser of its own, with nothing else of the run beside it, in several replicas: both members prepared anew, in alternating order.",
  "After warm-up, rounds visit both members in seeded random order, so that what slows the machine for longer than a round cancels in the round's ratio.",
  "A replica's overhead is the 20 % trimmed mean of its rounds' log-ratios; the case's is the mean of its replicas, with a 95 % t interval from how the replicas differ. One replica gives no interval.",
  "Between rounds, never during one, the machine is looked at: rounds that other programs, a hypervisor, heat or a quota held up are marked, and stay.",
  "After timing, the sessions that were timed are asked about labelled images where the weights are trained; the exact test of McNemar compares them with the oracle, and SE with plain, image by image.",
  "No sample is dropped. Percentiles that the samples do not carry are left out.",
  "A device is named only where the evidence proves that it did the work; software GPUs are marked, and not ranked.",
  "Two runtimes are told apart where neither the intervals of their medians nor the medians of their replicas overlap; two forms of one network where the intervals of their overheads do not, since the plain network is the same.",
];
