using System.Text;

namespace Lathe.Codegen.Llvm;

/// <summary>Reads what a relocatable object of WebAssembly offers to others and asks of them.</summary>
/// <remarks>WebAssembly/tool-conventions, Linking.md: a symbol that is asked for takes its name from the import it stands for.</remarks>
internal sealed class WasmReader
{
    private const int Custom = 0, Import = 2, Code = 10, Data = 11;
    private readonly Stream file;
    private readonly string name;

    private WasmReader(Stream file, string name)
    {
        (this.file, this.name) = (file, name);
        Span<byte> magic = stackalloc byte[8];
        if (file.ReadAtLeast(magic, 8, throwOnEndOfStream: false) < 8 || !magic.SequenceEqual((ReadOnlySpan<byte>)[0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0]))
            throw new InvalidDataException($"wasm: {name} is no module of WebAssembly");
    }

    /// <exception cref="InvalidDataException">The file is no object of WebAssembly.</exception>
    public static ObjectSymbols Symbols(string path)
    {
        using var file = File.OpenRead(path);
        return new WasmReader(file, Path.GetFileName(path)).Symbols();
    }

    /// <summary>Code, and data: which of that is written no object says.</summary>
    public static LoadedParts Loaded(byte[] obj)
    {
        var (reader, parts) = (new WasmReader(new MemoryStream(obj), "the object"), default(LoadedParts));
        foreach (var section in reader.Sections())
        {
            reader.file.Position = section.End;
            if (section.Kind is Code or Data) parts = parts.With(section.Kind == Code, false, section.End - section.Start);
        }
        return parts;
    }

    private ObjectSymbols Symbols()
    {
        Dictionary<int, List<string>> imports = new() { [0] = [], [3] = [] }; // names of functions, of globals
        List<string> defined = [], undefined = [];
        var linked = false;
        foreach (var (kind, _, end) in Sections())
        {
            if (kind == Import) Imports(imports);
            if (kind == Custom && Text() == "linking")
            {
                linked = Number() == 2 ? true : throw new InvalidDataException($"wasm: {name} follows another version of the linking conventions than 2");
                while (file.Position < end)
                {
                    var (part, length) = (Number(), Number());
                    var next = file.Position + length;
                    if (part == 8) for (var left = Number(); left > 0; left--) Symbol(imports, defined, undefined);
                    file.Position = next;
                }
            }
            file.Position = end;
        }
        return linked ? new(CpuArchitecture.Wasm32, defined, undefined) : throw new InvalidDataException($"wasm: {name} is a module and no object: it has no section 'linking'");
    }

    private void Symbol(Dictionary<int, List<string>> imports, List<string> defined, List<string> undefined)
    {
        const int function = 0, data = 1, global = 2, section = 3, local = 2, isUndefined = 0x10, explicitName = 0x40;
        var (kind, flags) = (Number(), Number());
        var missing = (flags & isUndefined) != 0;
        string symbol;
        if (kind == data)
        {
            symbol = Text();
            if (!missing) for (var i = 0; i < 3; i++) Number(); // segment, offset, size
        }
        else if (kind == section)
        {
            Number();
            return;
        }
        else
        {
            var index = (int)Number();
            symbol = !missing || (flags & explicitName) != 0 ? Text() : kind is function or global ? imports[kind == function ? 0 : 3][index] : "";
        }
        // The linker's own globals (__stack_pointer) are no library's.
        if (missing && kind is function or data) undefined.Add(symbol);
        else if (!missing && (flags & local) == 0) defined.Add(symbol);
    }

    private void Imports(Dictionary<int, List<string>> imports)
    {
        for (var left = Number(); left > 0; left--)
        {
            Text();
            var field = Text();
            var kind = file.ReadByte();
            if (imports.TryGetValue(kind, out var names)) names.Add(field);
            if (kind == 0) Number(); // a type
            if (kind == 1) file.ReadByte(); // a table: what it holds, then limits
            if (kind is 1 or 2 && Number() is var limits)
            {
                Number();
                if ((limits & 1) != 0) Number();
            }
            if (kind == 3) (_, _) = (file.ReadByte(), file.ReadByte());
            if (kind == 4) (_, _) = (file.ReadByte(), Number());
        }
    }

    private IEnumerable<(int Kind, long Start, long End)> Sections()
    {
        for (var kind = file.ReadByte(); kind >= 0; kind = file.ReadByte())
        {
            var length = Number();
            yield return (kind, file.Position, file.Position + length);
        }
    }

    private long Number()
    {
        var value = 0L;
        for (var shift = 0; ; shift += 7)
        {
            var next = file.ReadByte();
            if (next < 0 || shift > 63) throw new InvalidDataException($"wasm: {name} ends inside a number");
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }

    private string Text()
    {
        var length = Number();
        if (length > file.Length - file.Position) throw new InvalidDataException($"wasm: {name} ends inside a name");
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
