using KeyRotator.Benchmarks;

Func<BenchmarkOptions, Task<int>>? run = args.FirstOrDefault() switch
{
    "sweep" => SweepBenchmark.RunAsync,
    "memory" => MemoryBenchmark.RunAsync,
    "start" => StartBenchmark.RunAsync,
    "stores" => StoresBenchmark.RunAsync,
    "rotations" => RotationsBenchmark.RunAsync,
    "database" => DatabaseBenchmark.RunAsync,
    "alerts" => AlertsBenchmark.RunAsync,
    HookStub.Verb => HookStub.RunAsync,
    AlertSubject.Verb => AlertSubject.RunAsync,
    StoreStub.Verb => StoreStub.RunAsync,
    "stub" => StubServer.RunAsync,
    SubjectHost.Verb => SubjectHost.RunAsync,
    PreparedFolder.Verb => PreparedFolder.RunAsync,
    _ => null,
};
if (run is null || BenchmarkOptions.Parse(args[1..]) is not { } options)
{
    await Console.Error.WriteLineAsync(BenchmarkOptions.Usage);
    return 2;
}

return await run(options);
