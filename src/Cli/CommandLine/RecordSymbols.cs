using System.CommandLine;
using System.CommandLine.Parsing;
using System.Reflection;

namespace Lathe.Cli;

/// <summary>The symbols of System.CommandLine for a record, read off the parameters of its primary constructor; and the record, made of what was parsed.</summary>
internal sealed class RecordSymbols
{
    private readonly List<(ParameterInfo Parameter, Func<ParseResult, object?> Read)> parts = [];
    private readonly ConstructorInfo constructor;

    public RecordSymbols(Type record)
    {
        constructor = record.GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        foreach (var parameter in constructor.GetParameters()) parts.Add((parameter, Add(parameter)));
    }

    public List<Argument> Arguments { get; } = [];
    public List<Option> Options { get; } = [];

    /// <exception cref="UsageException">A value does not fit its parameter.</exception>
    public object Make(ParseResult parsed) => constructor.Invoke([.. parts.Select(p => p.Read(parsed))]);

    private Func<ParseResult, object?> Add(ParameterInfo parameter)
    {
        if (parameter.GetCustomAttribute<ArgumentAttribute>() is { } argument) return AddArgument(parameter, argument);
        if (parameter.GetCustomAttribute<OptionAttribute>() is { } option) return parameter.ParameterType == typeof(bool) ? AddFlag(parameter, option) : AddOption(parameter, option);
        var group = new RecordSymbols(parameter.ParameterType);
        Arguments.AddRange(group.Arguments);
        Options.AddRange(group.Options);
        return group.Make;
    }

    private Func<ParseResult, object?> AddArgument(ParameterInfo parameter, ArgumentAttribute described)
    {
        var list = OptionText.IsList(parameter.ParameterType);
        var symbol = new Argument<string[]>(described.Name)
        {
            Description = described.Description,
            Arity = new(parameter.HasDefaultValue ? 0 : 1, list ? 1000 : 1),
            CustomParser = Words,
        };
        Arguments.Add(symbol);
        return parsed => Value(parameter, described.Name, parsed.GetResult(symbol)?.Tokens.Select(t => t.Value).ToArray());
    }

    private Func<ParseResult, object?> AddFlag(ParameterInfo parameter, OptionAttribute described)
    {
        var symbol = new Option<bool>(Name(parameter), [.. described.Aliases]) { Description = described.Description, Arity = ArgumentArity.Zero };
        Options.Add(symbol);
        return parsed => parsed.GetResult(symbol) is { Implicit: false };
    }

    private Func<ParseResult, object?> AddOption(ParameterInfo parameter, OptionAttribute described)
    {
        var shown = OptionText.Show(parameter.DefaultValue is DBNull ? null : parameter.DefaultValue);
        var choices = OptionText.Choices(parameter.ParameterType).ToArray();
        var symbol = new Option<string[]>(Name(parameter), [.. described.Aliases])
        {
            Description = described.Description + (shown == "" ? "" : $" ({shown})"),
            HelpName = described.Value != "" ? described.Value : choices is [] ? RecordText.Snake(parameter.Name!).ToUpperInvariant() : string.Join('|', choices),
            Required = !parameter.HasDefaultValue,
            Arity = new(described.Bare is null ? 1 : 0, OptionText.IsList(parameter.ParameterType) ? 1000 : 1),
            AllowMultipleArgumentsPerToken = false,
            CustomParser = Words,
        };
        Options.Add(symbol);
        return parsed => parsed.GetResult(symbol) is { Implicit: false, Tokens: [] } && described.Bare is { } bare ? OptionText.Read(parameter.ParameterType, symbol.Name, [bare])
            : Value(parameter, symbol.Name, parsed.GetResult(symbol)?.Tokens.Select(t => t.Value).ToArray());
    }

    private static object? Value(ParameterInfo parameter, string name, string[]? texts) =>
        texts is { Length: > 0 } ? OptionText.Read(parameter.ParameterType, name, texts)
        : parameter.DefaultValue is { } value and not DBNull ? value
        : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null;

    /// <summary>The words as they are: what they mean is read by the type of the parameter.</summary>
    private static string[] Words(ArgumentResult result) => [.. result.Tokens.Select(t => t.Value)];

    private static string Name(ParameterInfo parameter) => "--" + OptionText.Kebab(parameter.Name!);
}
