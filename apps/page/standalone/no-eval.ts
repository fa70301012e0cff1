import { config } from "zod";

// The page's policy forbids code from text, which zod would try once before it reads its first schema.
config({ jitless: true });
