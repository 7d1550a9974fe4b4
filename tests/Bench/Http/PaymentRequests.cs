using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bench.Engine;

namespace Bench.Http;

/// <summary>Single payments: one prepared request a connection, in which key and accounts are filled in place.</summary>
internal sealed class PaymentRequests : IRequests
{
    private const string KeyMark = "KKKKKKKKKKKKKKKK";
    private const string DebtorMark = "DDDD";
    private const string CreditorMark = "CCCC";
    private const string DeviceMark = "VVVV";

    private readonly AccountPairs.Choose choose;
    private readonly byte[][] requests;
    private readonly int keyAt;
    private readonly int debtorAt;
    private readonly int creditorAt;
    private readonly int deviceAt;
    private readonly Random random = new(5);
    private ulong lastKey = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    /// <param name="choose">Who pays whom; null: anybody anybody.</param>
    public PaymentRequests(string path, string apiKey, int connections, AccountPairs.Choose? choose = null)
    {
        this.choose = choose ?? AccountPairs.Uniform;
        var body =
            $$"""{"amount":"1.00","currency":"USD","debtorAccount":"bench_{{DebtorMark}}","creditorAccount":"bench_{{CreditorMark}}","remittanceInfo":"{{EngineText.RemittanceInfo}}","deviceId":"{{EngineText.DeviceId}}-{{DeviceMark}}"}""";
        var text = $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {apiKey}\r\nContent-Type: application/json\r\nIdempotency-Key: bench-{KeyMark}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        (keyAt, debtorAt, creditorAt, deviceAt) = (At(KeyMark), At(DebtorMark), At(CreditorMark), At(DeviceMark));
        requests = [.. Enumerable.Range(0, connections).Select(_ => Encoding.ASCII.GetBytes(text))];
        int At(string mark) => text.IndexOf(mark, StringComparison.Ordinal);
    }

    public int PaymentsARequest => 1;

    public ReadOnlyMemory<byte> Next(int connection)
    {
        var request = requests[connection];
        var (debtor, creditor) = choose(random);
        unchecked
        {
            lastKey++;
        }

        Utf8Formatter.TryFormat(lastKey, request.AsSpan(keyAt), out _, new System.Buffers.StandardFormat('x', 16));
        Utf8Formatter.TryFormat(debtor, request.AsSpan(debtorAt), out _, new System.Buffers.StandardFormat('D', 4));
        // Each payer has a device of its own.
        Utf8Formatter.TryFormat(debtor, request.AsSpan(deviceAt), out _, new System.Buffers.StandardFormat('D', 4));
        Utf8Formatter.TryFormat(creditor, request.AsSpan(creditorAt), out _, new System.Buffers.StandardFormat('D', 4));
        return request;
    }

    public bool IsRight(in Answer answer) => answer.Status == 201 && answer.Body.IndexOf("\"status\":\"settled\""u8) >= 0;
}
