/** What the running watchers have seen last, out of their heartbeats. */
import type { DescribeWorkflowExecutionResponse } from '@temporalio/client';
import { defaultPayloadConverter, fromPayloadsAtIndex } from '@temporalio/common';
import type { DeploymentProgress, FleetView, JudgeReport, LiveReport } from '../../domain/deployment';

/** One for each pending activity that has sent a heartbeat; one that cannot be read is left out. */
export function liveReportsOf(description: DescribeWorkflowExecutionResponse): LiveReport[] {
  return (description.pendingActivities ?? []).flatMap((activity) => {
    const payloads = activity.heartbeatDetails?.payloads;
    if (payloads == null || payloads.length === 0) return [];
    try {
      const details: unknown = fromPayloadsAtIndex(defaultPayloadConverter, 0, payloads);
      return isLiveReport(details) ? [details] : [];
    } catch {
      // A heartbeat only makes the picture fresher; one from other code must not hide the rest of it.
      return [];
    }
  });
}

/** What the watchers say they see, and what is being tried again and why. */
export function liveTextsOf(description: DescribeWorkflowExecutionResponse): string[] {
  const texts = liveReportsOf(description).flatMap(({ text }) => (text === undefined ? [] : [text]));
  return [...texts, ...failuresOf(description)];
}

/** An activity that fails for hours would look like one that works otherwise. */
function failuresOf(description: DescribeWorkflowExecutionResponse): string[] {
  return (description.pendingActivities ?? []).flatMap(({ activityType, attempt, lastFailure }) => {
    const message = lastFailure?.message;
    return message
      ? [`${activityType?.name ?? 'an activity'} is tried again (attempt ${attempt ?? '?'}): ${message}`]
      : [];
  });
}

/** The workflow's view with fresher counts and evidence, where a watcher has them. */
export function withLiveReports(progress: DeploymentProgress, reports: LiveReport[]): DeploymentProgress {
  return reports.reduce((view, report) => withReport(view, report), progress);
}

function withReport(progress: DeploymentProgress, report: LiveReport): DeploymentProgress {
  return {
    ...progress,
    oldFleet: withHealthy(progress.oldFleet, report.oldHealthy),
    newFleet: withHealthy(progress.newFleet, report.newHealthy),
    judge: fresher(progress.judge, report.judge),
  };
}

function withHealthy(fleet: FleetView | null, healthy: number | undefined): FleetView | null {
  return fleet === null || healthy === undefined ? fleet : { ...fleet, healthy };
}

/** The one that has folded more: a watcher that was started again may report older evidence at first. */
function fresher(known: JudgeReport | null, reported: JudgeReport | undefined): JudgeReport | null {
  if (reported === undefined) return known;
  return known === null || reported.rows >= known.rows ? reported : known;
}

function isLiveReport(details: unknown): details is LiveReport {
  return typeof details === 'object' && details !== null && !Array.isArray(details);
}
