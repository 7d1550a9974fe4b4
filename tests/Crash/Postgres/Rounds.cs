namespace Crash.Postgres;

/// <summary>How many rounds the crash suites on PostgreSQL run: a few, or, where <c>PAYMENTS_CRASH_ROUNDS</c> is <c>all</c>, all.</summary>
internal static class Rounds
{
    private static readonly bool All = Environment.GetEnvironmentVariable("PAYMENTS_CRASH_ROUNDS") == "all";

    public static int Of(int all, int few) => All ? all : few;
}
