using Ledger.Documents;
using Npgsql;
using NpgsqlTypes;
using Polly;

namespace Ledger.Postgres;

/// <summary>The index of documents: which row of the log holds the newest state of each.</summary>
internal sealed class DocumentIndex(NpgsqlDataSource source, ResiliencePipeline patience) : IDocumentIndex
{
    private const string SelectOne = $"select {LogColumns.All} from document d join log l on l.id = d.row where d.number = $1";

    private const string SelectAll = "select created, number from document where owner = $1 and kind = $2 and kind < 64";

    private const string SelectLinked = "select created, number from document_link where owner = $1 and kind = $2 and link = $8";

    public ValueTask<LogRow?> FindDocument(long number) => Read(SelectOne, static rows => rows.Read() ? LogColumns.Read(rows) : null, number);

    public async ValueTask<IReadOnlyList<DocumentPlace>> ListDocuments(DocumentQuery query)
    {
        if (await Created(query.After) is not { } afterMs || await Created(query.Before) is not { } beforeMs)
            return [];
        var (above, below) = query.Bounds(afterMs, beforeMs);
        var order = query.OldestFirst ? "" : " desc";
        var sql = $"select {LogColumns.All}, d.number from ({(query.Link is null ? SelectAll : SelectLinked)} and (created, number) > ($3, $4) and (created, number) < ($5, $6) " +
            $"order by created{order}, number{order} limit $7) n join document d on d.number = n.number join log l on l.id = d.row order by n.created{order}, n.number{order}";
        var values = new List<object> { query.Owner, (short)query.Kind, above.CreatedMs, above.Number, below.CreatedMs, below.Number, query.Limit };
        if (query.Link is not null)
            values.Add(query.Link);
        return await Read(sql, static rows => Places(rows), [.. values]);
    }

    // When a bound was made, which never changes; 0 for none, null where there is no such document.
    private ValueTask<long?> Created(long number) => number == 0 ? new(0) : Read("select created from document where number = $1", static rows => rows.Read() ? rows.GetInt64(0) : (long?)null, number);

    /// <summary>What the entry's documents are from now on, as statements of its batch.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Commands(JournalEntry entry)
    {
        foreach (var change in entry.Documents ?? [])
        {
            yield return Command("insert into document (number, owner, kind, row, created) values ($1, $2, $3, $4, $5) on conflict (number) do update set row = excluded.row", change.Number, change.Owner, (short)change.Kind, entry.DocumentsRow.Id, entry.DocumentsRow.TimeMs);
            foreach (var link in change.LinksRemoved)
                yield return Command("delete from document_link where owner = $1 and kind = $2 and link = $3 and created = (select created from document where number = $4) and number = $4", change.Owner, (short)change.Kind, link, change.Number);
            foreach (var link in change.LinksAdded)
                yield return Command("insert into document_link (owner, kind, link, created, number) select $1, $2, $3, created, number from document where number = $4 on conflict do nothing", change.Owner, (short)change.Kind, link, change.Number);
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
