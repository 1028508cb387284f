import { z } from "zod";
import { text } from "./values";

/** Source: "Use tags to organize your Azure resources and management hierarchy". */
export const tags = z
  .record(
    text(
      /^(?!azure|microsoft|windows)[^<>%&\\?/]{1,512}$/i,
      "a tag name of 1 to 512 characters without < > % & \\ ? /, not starting with azure, microsoft or windows",
    ),
    text(/^.{0,256}$/s, "a tag value of at most 256 characters"),
    { error: "a mapping of tag names to text" },
  )
  .refine((value) => Object.keys(value).length <= 50, { error: "at most 50 tags" });
