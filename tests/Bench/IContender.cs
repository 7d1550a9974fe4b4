namespace Bench;

/// <summary>One of the things that are compared: makes its servers and data ready, then is measured once a round.</summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>The figure's name in the JSON.</summary>
    string Name { get; }

    /// <summary>What it is, for the table.</summary>
    string Title { get; }

    /// <summary>Makes ready and warms up. Not measured.</summary>
    Task Prepare(CancellationToken cancellationToken);

    /// <summary>One measurement. Throws where an answer was not the expected one: a wrong result has no speed.</summary>
    Task<Sample> Measure(CancellationToken cancellationToken);

    /// <summary>Once all rounds are over: throws where what was acknowledged is not what is there.</summary>
    Task Check(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>One round's measurement of one contender: payments made, the time they took, and the CPU time of all who made them.</summary>
internal readonly record struct Sample(long Payments, TimeSpan Elapsed, TimeSpan Cpu)
{
    public double PaymentsPerSecond => Payments / Elapsed.TotalSeconds;

    public double CpuMicrosecondsPerPayment => Cpu.TotalMicroseconds / Payments;
}
