using System.Security.Cryptography;
using System.Text;
using Bench.Engine;

namespace Bench.Http;

/// <summary>So many batches, rendered before the clock starts.</summary>
internal sealed class BatchRequests : IRequests
{
    private readonly Queue<byte[]> requests = new();

    public BatchRequests(int count, string apiKey, Random random)
    {
        for (var i = 0; i < count; i++)
            requests.Enqueue(Render(apiKey, random));
    }

    public int PaymentsARequest => BenchScale.BatchItems;

    public ReadOnlyMemory<byte> Next(int connection) => requests.TryDequeue(out var request) ? request : ReadOnlyMemory<byte>.Empty;

    public bool IsRight(in Answer answer) => answer.Status == 200 && answer.Body.Count("\"status\":\"settled\""u8) == BenchScale.BatchItems;

    private static byte[] Render(string apiKey, Random random)
    {
        var body = new StringBuilder("[", 256 * BenchScale.BatchItems);
        for (var i = 0; i < BenchScale.BatchItems; i++)
        {
            var (debtor, creditor) = AccountPairs.Uniform(random);
            body.Append(i == 0 ? "" : ",").Append(
                $$"""{"idempotencyKey":"{{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(11))}}","amount":"1.00","currency":"USD","debtorAccount":"{{EngineAccounts.Id(debtor)}}","creditorAccount":"{{EngineAccounts.Id(creditor)}}","remittanceInfo":"{{EngineText.RemittanceInfo}}","deviceId":"{{EngineText.DeviceId}}"}""");
        }

        body.Append(']');
        return Encoding.ASCII.GetBytes($"POST /payments/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {apiKey}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
