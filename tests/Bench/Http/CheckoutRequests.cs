using System.Globalization;
using System.Text;

namespace Bench.Http;

/// <summary>
/// Card payments in two steps, as a merchant makes them: authorize, then capture what was authorized. The load asks a connection's
/// next request right after its answer, so that an authorization's id goes into the capture that follows.
/// </summary>
internal sealed class CheckoutRequests(string apiKey) : IRequests
{
    private const string Authorization = "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true&capture_method=manual";

    private readonly string run = Guid.NewGuid().ToString("N");
    private byte[]? authorized;
    private long keys;

    /// <summary>Half of one: a pair is two requests.</summary>
    public int PaymentsARequest => 1;

    public ReadOnlyMemory<byte> Next(int connection)
    {
        var (path, body) = authorized is null ? ("/v1/payment_intents", Authorization) : ($"/v1/payment_intents/{Encoding.ASCII.GetString(authorized)}/capture", "");
        authorized = null;
        var key = string.Create(CultureInfo.InvariantCulture, $"bench-{run}-{++keys}");
        return Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {apiKey}\r\nContent-Type: application/x-www-form-urlencoded\r\nIdempotency-Key: {key}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    public bool IsRight(in Answer answer)
    {
        if (answer.Status != 200)
            return false;
        if (answer.Body.IndexOf("\"status\":\"requires_capture\""u8) >= 0)
        {
            // {"id":"pi_…"
            var id = answer.Body[7..];
            authorized = id[..id.IndexOf((byte)'"')].ToArray();
            return true;
        }

        return answer.Body.IndexOf("\"status\":\"succeeded\""u8) >= 0;
    }
}
