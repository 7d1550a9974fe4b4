using System.Net.Sockets;
using Npgsql;
using Polly;
using Polly.Retry;

namespace Ledger.Postgres;

/// <summary>What a failure of the server, or of the way to it, says about the work: told by its code, never by its text.</summary>
internal static class PostgresFailure
{
    /// <summary>One key twice: a violated unique constraint.</summary>
    public const string UniqueViolation = PostgresErrorCodes.UniqueViolation;

    /// <summary>The counters are kept behind under another name, or not any more.</summary>
    public const string KeptElsewhere = "LG004";

    /// <summary>A key is taken: by an epoch before, or, as the constraint says, by the log's last.</summary>
    private const string KeyTaken = "LG001";

    /// <summary>The process has filters of keys that are not of this log: it is to read them anew.</summary>
    private const string FiltersAhead = "LG005";

    private const string AccountMovedOn = "LG002";
    private const string CommittedSince = "LG006";

    private const string AccountIdConstraint = "account_id";
    private const string KeyConstraint = "key_pkey";

    public static bool IsOfTheStore(Exception exception) =>
        exception is NpgsqlException or IOException or SocketException or TimeoutException or ObjectDisposedException or InvalidOperationException { InnerException: NpgsqlException }
        // A connection that broke between two statements: Npgsql says that it is not open.
        || exception is InvalidOperationException { Source: "Npgsql" };

    /// <summary>Whether the server refused the statement and took back its transaction: then nothing of it is there.</summary>
    public static bool IsRefusal(Exception exception) => exception is PostgresException { InvariantSeverity: "ERROR" };

    /// <summary>Another writer came between: the same work, whole, may do now.</summary>
    public static bool IsConflict(Exception exception) => exception is PostgresException
    {
        InvariantSeverity: "ERROR",
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or KeyTaken or AccountMovedOn or KeptElsewhere or FiltersAhead or CommittedSince
    } or PostgresException { SqlState: UniqueViolation, ConstraintName: AccountIdConstraint or KeyConstraint };

    /// <summary>Whether a lock was waited for in vain.</summary>
    public static bool IsLockTimeout(Exception? exception) => exception is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    public static bool IsFiltersAhead(Exception exception) => exception is PostgresException { SqlState: FiltersAhead };

    public static bool IsKeptElsewhere(Exception exception) => exception is PostgresException { SqlState: KeptElsewhere };

    /// <param name="mayHaveCommitted">Whether the server may have had all of a transaction with its commit.</param>
    public static LedgerStoreException Of(Exception exception, bool mayHaveCommitted) => IsRefusal(exception)
        ? new LedgerStoreException($"PostgreSQL refuses: {exception.Message}", exception) { IsTransient = MayPass((PostgresException)exception) }
        : new LedgerStoreException($"PostgreSQL does not answer: {exception.Message}", exception) { IsTransient = true, OutcomeUnknown = mayHaveCommitted };

    /// <summary>Tries to connect, and reads, again after a pause that grows; what is asked to be written is never asked twice.</summary>
    public static ResiliencePipeline Patience(int attempts, TimeProvider timeProvider) => new ResiliencePipelineBuilder { TimeProvider = timeProvider }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(static exception => IsPassing(exception)),
            MaxRetryAttempts = attempts,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(20),
            MaxDelay = TimeSpan.FromSeconds(1),
        })
        .Build();

    private static bool IsPassing(Exception exception) => exception switch
    {
        PostgresException refusal => MayPass(refusal),
        NpgsqlException or IOException or SocketException or TimeoutException => true,
        _ => false,
    };

    // By class: connection, wrong state (a standby), conflict, resources, objects in use, operator, system.
    private static bool MayPass(PostgresException refusal) =>
        refusal is { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction or KeptElsewhere or KeyTaken or AccountMovedOn or FiltersAhead or CommittedSince } or { SqlState: UniqueViolation, ConstraintName: KeyConstraint } || refusal.SqlState[..2] is "08" or "40" or "53" or "55" or "57" or "58";
}
