using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Configuration;

/// <summary>One entry of a file of replacements. Its value shows in no text.</summary>
/// <param name="Key">The key's id as the file has it: nobody looked yet whether there is such a key.</param>
/// <param name="Value">The new value.</param>
/// <param name="Expires">The last day on which it works, or null.</param>
/// <param name="At">Where it stands, <c>file:line:column</c>.</param>
internal sealed record Replacement(string Key, SecretValue Value, ExpiryStatement? Expires, string At);

/// <summary>What came of reading a file of replacements.</summary>
/// <param name="Entries">In the file's order; of no use where there are faults.</param>
/// <param name="Faults">All that is wrong, <c>file:line:column: message</c>. Never what stands in the file: it may be a value.</param>
internal sealed record Replacements(IReadOnlyList<Replacement> Entries, IReadOnlyList<string> Faults);
