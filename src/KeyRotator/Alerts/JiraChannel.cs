namespace KeyRotator.Alerts;

/// <summary>Jira Service Management's alerts, which keep Opsgenie's shape; with the API key of an integration.</summary>
/// <remarks>Sources: developer.atlassian.com, Jira Service Management ops; closing by alias works, and is documented only in an issue of
/// theirs (JSDCLOUD-14179).</remarks>
internal sealed class JiraChannel() : OpsgenieChannel("jsm", new("https://api.atlassian.com/jsm/ops/integration"));
