namespace Ledger.Sqlite;

internal static class CounterBinding
{
    /// <summary>Binds the fields from <paramref name="first"/> on, in the order of the table's columns.</summary>
    public static void Bind(this in CounterState state, PreparedStatement statement, int first)
    {
        statement.Bind(first, state.DebitsPosted);
        statement.Bind(first + 1, state.CreditsPosted);
        statement.Bind(first + 2, state.DebitsPending);
        statement.Bind(first + 3, state.CreditsPending);
        statement.Bind(first + 4, state.Version);
        statement.Bind(first + 5, state.EventVersion);
        statement.Bind(first + 6, state.LastRow);
        statement.Bind(first + 7, state.Activity);
    }
}
