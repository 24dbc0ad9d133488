using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using KeyRotator.Validation;

namespace KeyRotator.Cli;

/// <summary>What follows once a rotation has changed what consumers read.</summary>
internal static class RotationFollowUp
{
    /// <summary>The key's own record follows at once: version, verdict, findings.</summary>
    public static Task CheckAsync(CliContext context, Workbench workbench, ManagedKey key, CancellationToken cancellationToken) =>
        CheckAsync(context, workbench, [key], cancellationToken);

    /// <summary>The same for several keys.</summary>
    public static async Task CheckAsync(
        CliContext context, Workbench workbench, IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        var request = new CheckPassRequest(keys, SendAlerts: true, IgnoreCadence: true);
        using var progress = new ProgressLine(context);
        await context.CreateCheckPass(workbench).RunAsync(request, progress, cancellationToken);
    }
}
