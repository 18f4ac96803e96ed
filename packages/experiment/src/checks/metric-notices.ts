import { getChoices, isNestedDomain, type DomainSpecs } from "@nn/sweep";
import { isRecord } from "@nn/training";

import { getDefaultGoal, type SweepBlock } from "../sweep/sweep.ts";

/** Returns a notice if the sweep optimizes its metric in the wrong direction. */
export function noticeGoal({ metric, goal }: SweepBlock): string[] {
  if (goal === undefined || goal === getDefaultGoal(metric)) return [];
  const end = goal === "maximize" ? "greatest" : "smallest";
  return [`with goal: ${goal}, the sweep selects the ${end} ${metric}, which is the worst`];
}

/** Returns notices if the swept parameters change what the metric measures. */
export function noticeMetric({ metric, parameters }: SweepBlock): string[] {
  const paths = Object.keys(parameters);
  const ofLoss = Object.entries(parameters).flatMap(([path, domain]) => {
    if (/^loss(?:$|[.[])|\.(?:regularizer|recurrentRegularizer)(?:$|\.)/.test(path)) return [path];
    return variesRegularizers(domain) ? [`the regularizers in ${path}`] : [];
  });
  const ofData = paths.filter((path) => /^dataset(?:$|\.(?!normalize$))/.test(path));
  const notices: string[] = [];
  if (ofLoss.length > 0 && metric.endsWith(".loss")) {
    const accuracy = metric.replace(".loss", ".accuracy");
    notices.push(
      `the sweep ranks by ${metric} but also sweeps ${ofLoss.join(" and ")}, so the losses of its trials are ` +
        `not comparable; rank by ${accuracy}`,
    );
  }
  if (ofData.length > 0 && metric.startsWith("validation.")) {
    notices.push(
      `the sweep ranks by ${metric} but also sweeps ${ofData.join(" and ")}, so its trials are measured on ` +
        "different images; sweep data only to compare the test metrics",
    );
  }
  return notices;
}

/** Whether the trials of a domain have different regularizers. */
function variesRegularizers(domain: DomainSpecs[string]): boolean {
  const options = getChoices(domain) ?? [];
  const found = options.map((option) => JSON.stringify(listRegularizers(option)));
  return new Set(found).size > 1 || options.some(hasVaryingRegularizer);
}

/** Whether domains inside a value change its regularizers. */
function hasVaryingRegularizer(value: unknown): boolean {
  if (isNestedDomain(value)) return variesRegularizers(value);
  if (Array.isArray(value)) return value.some(hasVaryingRegularizer);
  if (!isRecord(value)) return false;
  return Object.entries(value).some(([key, part]) =>
    isRegularizer(key) ? containsDomain(part) : hasVaryingRegularizer(part),
  );
}

function containsDomain(value: unknown): boolean {
  if (isNestedDomain(value)) return true;
  return (Array.isArray(value) || isRecord(value)) && Object.values(value).some(containsDomain);
}

/** Returns the regularizers of all layers in a value. */
function listRegularizers(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(listRegularizers);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    if (!isRegularizer(key)) return listRegularizers(part);
    return part === null ? [] : [part];
  });
}

function isRegularizer(key: string): boolean {
  return key === "regularizer" || key === "recurrentRegularizer";
}
