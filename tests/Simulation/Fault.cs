namespace Simulation;

internal enum FaultKind : byte
{
    /// <summary>At a commit: every process dies before it.</summary>
    CrashBeforeCommit = 1,

    /// <summary>At a commit: it is durable, and every process dies before anybody hears of it.</summary>
    CrashAfterCommit = 2,

    /// <summary>At a commit: it is durable, and the answer is lost.</summary>
    LoseCommitted = 3,

    /// <summary>At a commit: it never happens, and the answer is lost.</summary>
    LoseUncommitted = 4,

    /// <summary>At a commit: the answer is lost, and it happens later, just before somebody looks.</summary>
    LoseAndCommitLate = 5,

    /// <summary>At a commit: the store cannot for now.</summary>
    Transient = 6,

    /// <summary>At the next resolution of a lost outcome after that commit: the store cannot for now.</summary>
    ResolveFails = 7,

    /// <summary>At the next lease of ids after that commit: the store cannot for now.</summary>
    LeaseFails = 8,

    /// <summary>At a step: every process dies.</summary>
    Crash = 20,

    /// <summary>At a step: another process starts, and believes that it owns the same accounts.</summary>
    StartOwner = 21,

    /// <summary>At a step: one process dies; another one takes its place, if it was the last.</summary>
    KillOwner = 22,

    /// <summary>At a step: one process is told to stop, drains, and is replaced.</summary>
    StopOwner = 23,

    /// <summary>From a step on, reads take a while, so that other turns run meanwhile.</summary>
    SlowReads = 24,

    /// <summary>From a step on and for some seconds, one shard commits nothing, and resolves nothing.</summary>
    ShardAway = 25,
}

/// <summary>Something that goes wrong at the n-th commit, or at the n-th step.</summary>
internal sealed record Fault(FaultKind Kind, int At)
{
    public bool IsOfCommit => Kind < FaultKind.Crash;

    public override string ToString() => $"{Kind} at {(IsOfCommit ? "commit" : "step")} {At}";
}
