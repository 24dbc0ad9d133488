using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Builds probes: the instance's place and headers first, the key last, so that no header can stand in for it.</summary>
internal static class ProbeRequest
{
    /// <summary>A GET below the instance's base URL, or the vendor's where it names none.</summary>
    /// <exception cref="InvalidOperationException">There is neither; the provider's <see cref="IUnprobedProvider"/> says so
    /// before.</exception>
    public static HttpRequestMessage Get(ProviderInstance instance, string? vendorsBaseUrl, string path) =>
        Create(HttpMethod.Get, instance, vendorsBaseUrl, path);

    /// <summary>As <see cref="Get"/>, with another method.</summary>
    public static HttpRequestMessage Create(HttpMethod method, ProviderInstance instance, string? vendorsBaseUrl, string path)
    {
        var place = instance.BaseUrl?.AbsoluteUri.TrimEnd('/') ?? vendorsBaseUrl
            ?? throw new InvalidOperationException($"Provider instance {instance.Name} has no base URL.");
        var request = new HttpRequestMessage(method, place + path);
        foreach (var header in instance.Headers)
        {
            request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return request;
    }

    /// <summary>Adds a header that has a value and that the instance does not set itself.</summary>
    public static HttpRequestMessage With(this HttpRequestMessage request, string name, string? value)
    {
        if (value is not null && !request.Headers.Contains(name))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>Adds the header that carries the key, in place of any of that name.</summary>
    public static HttpRequestMessage WithKey(this HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    /// <summary>Adds <c>Authorization: Bearer</c> with the key.</summary>
    public static HttpRequestMessage WithBearer(this HttpRequestMessage request, SecretValue key) =>
        request.WithKey("Authorization", "Bearer " + key.Reveal());
}
