import type { TfjsBinding } from "../src/index.ts";

/** The name of a binding's device, for people. Rejects if the device cannot be had. */
export async function deviceName(binding: TfjsBinding): Promise<string> {
  const availability = await binding.probe();
  if (!availability.ok) throw new Error(`${availability.reason}: ${availability.remedy}`);
  const { device, software } = availability;
  const details = Object.entries(device.details).map(([key, value]) => `${key} ${value}`);
  return [device.name, ...details, ...(software ? ["in software"] : [])].join(", ");
}
