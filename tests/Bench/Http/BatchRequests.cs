using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bench.Engine;

namespace Bench.Http;

/// <summary>Batches of payments: one prepared request a connection, in which keys and accounts are filled in place.</summary>
internal sealed class BatchRequests : IRequests
{
    private const string KeyMark = "KKKKKKKKKKKKKKKK";
    private const string DebtorMark = "DDDD";
    private const string CreditorMark = "CCCC";
    private const string Item =
        $$"""{"idempotencyKey":"{{KeyMark}}","amount":"1.00","currency":"USD","debtorAccount":"bench_{{DebtorMark}}","creditorAccount":"bench_{{CreditorMark}}","remittanceInfo":"{{EngineText.RemittanceInfo}}","deviceId":"{{EngineText.DeviceId}}"}""";

    private static readonly int KeyAt = Item.IndexOf(KeyMark, StringComparison.Ordinal);
    private static readonly int DebtorAt = Item.IndexOf(DebtorMark, StringComparison.Ordinal);
    private static readonly int CreditorAt = Item.IndexOf(CreditorMark, StringComparison.Ordinal);
    private static readonly StandardFormat Index = new('D', 4);

    private readonly byte[][] requests;
    private readonly int firstAt;
    private readonly Random random = new(9);
    private ulong lastKey = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private AccountPairs.Choose choose = AccountPairs.Uniform;
    private int left;

    public BatchRequests(string apiKey, int connections)
    {
        var body = $"[{string.Join(',', Enumerable.Repeat(Item, BenchScale.BatchItems))}]";
        var text = $"POST /payments/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {apiKey}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        firstAt = text.Length - body.Length + 1;
        requests = [.. Enumerable.Range(0, connections).Select(_ => Encoding.ASCII.GetBytes(text))];
    }

    public int PaymentsARequest => BenchScale.BatchItems;

    /// <summary>Lets so many more be taken.</summary>
    public void Allow(int count, AccountPairs.Choose between) => (left, choose) = (count, between);

    public ReadOnlyMemory<byte> Next(int connection)
    {
        if (left == 0)
            return ReadOnlyMemory<byte>.Empty;
        left--;
        var request = requests[connection];
        for (var i = 0; i < BenchScale.BatchItems; i++)
            Fill(request.AsSpan(firstAt + (i * (Item.Length + 1)), Item.Length));
        return request;
    }

    public bool IsRight(in Answer answer) => answer.Status == 200 && answer.Body.Count("\"status\":\"settled\""u8) == BenchScale.BatchItems;

    private void Fill(Span<byte> item)
    {
        var (debtor, creditor) = choose(random);
        unchecked
        {
            lastKey++;
        }

        Utf8Formatter.TryFormat(lastKey, item[KeyAt..], out _, new StandardFormat('x', 16));
        Utf8Formatter.TryFormat(debtor, item[DebtorAt..], out _, Index);
        Utf8Formatter.TryFormat(creditor, item[CreditorAt..], out _, Index);
    }
}
