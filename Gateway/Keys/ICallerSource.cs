using Microsoft.AspNetCore.Http;

namespace Gateway.Keys;

/// <summary>Another way than a key in the Authorization header to know who sent a request, such as a browser's session.</summary>
public interface ICallerSource
{
    /// <summary>The request's caller; null where this source does not know it.</summary>
    Caller? Find(HttpContext context);
}
