using Ledger.Shards;

namespace Ledger.Postgres;

/// <summary>
/// What transfers between shards need of the log until they are at their end, which may be after any time: their own payments, whose
/// rows on both shards say how far they are; and the payments of which they bring money back, which are told of it.
/// </summary>
internal static class TransfersUnderWay
{
    private const string Select = $"select d.id, l.data from due d left join log l on l.id = d.id where d.kind = '{TransferDue.Kind}'";

    public static HashSet<long> Payments(IReadOnlyList<PostgresSettings> shards)
    {
        var payments = new HashSet<long>();
        foreach (var settings in shards)
        {
            using var source = settings.ForMigrations();
            using var connection = source.OpenConnection();
            foreach (var (payment, data) in connection.Each(Select, static row => (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1))))
            {
                payments.Add(payment);
                if (PaymentData.Decode(data).ReturnOf is { } original)
                    payments.Add(original.Number);
            }
        }

        return payments;
    }
}
