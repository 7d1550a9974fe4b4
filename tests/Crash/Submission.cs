using System.Net;

namespace Crash;

/// <summary>One request that records one payment, and what was answered to it, if anything.</summary>
internal sealed class Submission(string path, string key, string body)
{
    public string Path { get; } = path;

    public string Key { get; } = key;

    public string Body { get; } = body;

    /// <summary>The payment of the first answer, byte for byte; null while there is none.</summary>
    public string? Answered { get; private set; }

    /// <summary>The payment that a return sends back; null for a payment of its own.</summary>
    public string? ReturnOf => Path == "payments" ? null : Path.Split('/')[1];

    /// <summary>As an item of a batch.</summary>
    public string Item => $$"""{"idempotencyKey":"{{Key}}",{{Body[1..]}}""";

    public Task<Answer> SendTo(BankClient bank) => bank.Post(Path, Body, Key);

    /// <summary>Notes an answer. Any further one must be the first one's bytes.</summary>
    public void Take(string payment)
    {
        Answered ??= payment;
        Assert.Equal(Answered, payment);
    }

    /// <summary>Notes an answer; false where it says that nothing is known to be recorded.</summary>
    public bool Take(Answer answer)
    {
        if (answer.Status is HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
            return false;
        Assert.True(answer.Status == HttpStatusCode.Created, $"{Path} {Body} was answered {answer.Status}: {answer.Body}");
        Take(answer.Body);
        return true;
    }
}
