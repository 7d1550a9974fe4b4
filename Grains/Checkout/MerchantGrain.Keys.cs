using System.Globalization;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;

namespace Grains.Checkout;

/// <summary>
/// Idempotency keys of the merchant's requests: unique in the database, kept for a day, with the first answer. A key that is used
/// again after that is another key of the ledger's, of the next generation.
/// </summary>
public sealed partial class MerchantGrain
{
    private const long KeptMs = 24L * 3600 * 1000;
    private const int MaxGenerations = 10_000;

    private readonly Dictionary<string, string> inFlight = [];

    public Task<WireAnswer> Run(MerchantRequest request) => JourneyTrace.IsOn ? RunTraced(request) : RunNow(request);

    private async Task<WireAnswer> RunNow(MerchantRequest request)
    {
        if (request.Facts.IdempotencyKey is not { } text)
            return await Execute(request, default);
        if (inFlight.TryGetValue(text, out var hash))
            return hash == request.Hash ? WireError.KeyInUse(request.Facts) : WireError.KeyReused(request.Facts);
        inFlight.Add(text, request.Hash);
        try
        {
            await Ready();
            for (var generation = 0; generation < MaxGenerations; generation++)
            {
                var key = KeyOf(request, generation);
                if (await Find(key) is not { } stored)
                    return await Execute(request, key);
                if (stored.CreatedMs + KeptMs > NowMs)
                    return await Replay(key, stored, request.Facts, request.Hash);
            }

            throw new InvalidOperationException("An idempotency key was used too often.");
        }
        finally
        {
            inFlight.Remove(text);
        }
    }

    private static IdempotencyKey KeyOf(MerchantRequest request, int generation) =>
        IdempotencyKey.Of(request.Tenant, request.Facts.IdempotencyKey!, generation == 0 ? "/v1" : string.Create(CultureInfo.InvariantCulture, $"/v1#{generation}"));

    /// <summary>The first answer under a key; null where nothing was recorded under it.</summary>
    private async Task<WireAnswer?> Stored(IdempotencyKey key, RequestFacts request, string hash) =>
        key.IsNone || await Find(key) is not { } stored ? null : await Replay(key, stored, request, hash);

    private async Task<WireAnswer> Replay(IdempotencyKey key, StoredRequest stored, RequestFacts request, string hash)
    {
        if (stored.Hash != hash)
            return WireError.KeyReused(request);
        if (stored.Status == 0)
        {
            // The process ended between the request's two halves: what became of it is asked for now.
            await Resolve(stored.Subject);
            stored = (await Find(key))!;
        }

        return stored.Status == 0 ? WireError.KeyInUse(request) : new WireAnswer(stored.Status, stored.Body!, Replayed: true);
    }

    /// <summary>The request that took a key, with its answer's body.</summary>
    private async ValueTask<StoredRequest?> Find(IdempotencyKey key)
    {
        if (await services.Writer.Reader.FindByKey(key) is not { } row)
            return null;
        var first = (await services.Documents.Open(row)).LastOrDefault(static state => state.Kind == (byte)DocumentKind.StoredRequest)
            ?? throw new InvalidDataException($"Row {row.Id} took a key, but stored no request.");
        var latest = await services.Documents.Open(book.Owner, first.Kind, first.Number) ?? throw new InvalidDataException($"Stored request {first.Number} is gone.");
        var stored = (StoredRequest)CheckoutDocument.Read(latest.State).Public;
        return stored.Status == 0 || stored.Body is not null
            ? stored
            : stored with { Body = DocumentForm.Show(stored.SubjectKind, latest.Frame.Last(state => state.Number == stored.Subject).Public) };
    }
}
