using Quartz;
using Quartz.Extensibility;

namespace KeyRotator.Hosting;

/// <summary>Makes jobs with the service's parts.</summary>
internal sealed class ServiceJobFactory(IServiceProvider services) : IJobFactory
{
    /// <inheritdoc />
    public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new JobScope((IJob)ActivatorUtilities.CreateInstance(services, bundle.JobDetail.JobType.Type)));

    /// <inheritdoc />
    public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}
