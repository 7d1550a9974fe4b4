using Ledger.Documents;
using Npgsql;
using NpgsqlTypes;
using Polly;

namespace Ledger.Postgres;

/// <summary>The index of documents: which row of the log holds the newest state of each.</summary>
internal sealed class DocumentIndex(NpgsqlDataSource source, ResiliencePipeline patience) : IDocumentIndex
{
    private const string SelectOne = $"select {LogColumns.All} from document d join log l on l.id = d.row where d.number = $1";

    private const string SelectAll = "select number from document where owner = $1 and kind = $2 and kind < 64 and number > $3 and number < $4";

    private const string SelectLinked = "select number from document_link where owner = $1 and kind = $2 and link = $6 and number > $3 and number < $4";

    public ValueTask<LogRow?> FindDocument(long number) => Read(SelectOne, static rows => rows.Read() ? LogColumns.Read(rows) : null, number);

    public ValueTask<IReadOnlyList<DocumentPlace>> ListDocuments(DocumentQuery query)
    {
        var order = query.OldestFirst ? "" : " desc";
        var sql = $"select {LogColumns.All}, d.number from ({(query.Link is null ? SelectAll : SelectLinked)} order by number{order} limit $5) n " +
            $"join document d on d.number = n.number join log l on l.id = d.row order by d.number{order}";
        var values = new List<object> { query.Owner, (short)query.Kind, query.After, query.Before == 0 ? long.MaxValue : query.Before, query.Limit };
        if (query.Link is not null)
            values.Add(query.Link);
        return Read(sql, static rows => Places(rows), [.. values]);
    }

    /// <summary>What the entry's documents are from now on, as statements of its batch.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Commands(JournalEntry entry)
    {
        foreach (var change in entry.Documents ?? [])
        {
            yield return Command("insert into document (number, owner, kind, row) values ($1, $2, $3, $4) on conflict (number) do update set row = excluded.row", change.Number, change.Owner, (short)change.Kind, entry.Row.Id);
            foreach (var link in change.LinksRemoved)
                yield return Command("delete from document_link where owner = $1 and kind = $2 and link = $3 and number = $4", change.Owner, (short)change.Kind, link, change.Number);
            foreach (var link in change.LinksAdded)
                yield return Command("insert into document_link (owner, kind, link, number) values ($1, $2, $3, $4) on conflict do nothing", change.Owner, (short)change.Kind, link, change.Number);
        }
    }

    private static IReadOnlyList<DocumentPlace> Places(NpgsqlDataReader rows)
    {
        var places = new List<DocumentPlace>();
        var number = rows.FieldCount - 1;
        while (rows.Read())
            places.Add(new DocumentPlace(rows.GetInt64(number), LogColumns.Read(rows)));
        return places;
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(Parameter(value));
        return command;
    }

    private static NpgsqlParameter Parameter(object value) =>
        value is string text ? new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = text } : new NpgsqlParameter { Value = value };

    private async ValueTask<T> Read<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        try
        {
            return await patience.ExecuteAsync(async cancellation =>
            {
                await using var command = source.CreateCommand(sql);
                foreach (var value in values)
                    command.Parameters.Add(Parameter(value));
                await using var rows = await command.ExecuteReaderAsync(cancellation);
                return read(rows);
            });
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            throw PostgresFailure.Of(exception, mayHaveCommitted: false);
        }
    }
}
