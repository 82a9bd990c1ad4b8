namespace Lathe.Onnx;

/// <summary>Every diagnostic of the importer with its code: LT10xx the file, LT11xx tensors, LT12xx structure, LT13xx dimensions, LT14xx exporting, LT20xx operators.</summary>
internal static class Faults
{
    public const string ContradictionCode = "LT1306", MisfitCode = "LT2004";

    public static Diagnostic CannotOpen(string path, string why) => new("LT1001", $"cannot open {Path.GetFileName(path)}: {why}");
    public static Diagnostic EmptyFile() => new("LT1002", "the file is empty", Remedy: "the download or export may have failed");
    public static Diagnostic NotModel(Bytes file, string found) => new("LT1003", $"not an ONNX model: {found}", Remedy: Sniff.Remedy(file));
    public static Diagnostic Truncated(WireException e, long length) => new("LT1004", $"the file ends too early: it has {length} bytes, at least {e.Missing} more belong to it ({e.Message})", Remedy: "download or export it again");
    public static Diagnostic Damaged(string what) => new("LT1005", $"the file is damaged: {what}", Remedy: "download or export it again");
    public static Diagnostic TooDeep() => new("LT1006", "messages are nested more than 100 deep, which no exporter writes");
    public static Diagnostic OldIr(long version) => new("LT1007", $"IR version {version}; versions {Opsets.OldestIr} to {Opsets.NewestIr} are read", Remedy: "export the model again with a current exporter");
    public static Diagnostic NewIr(long version) => new("LT1008", $"IR version {version} is newer than {Opsets.NewestIr}; it is read as {Opsets.NewestIr}", Severity: Severity.Warning);
    public static Diagnostic OldOpset(long version) => new("LT1009", $"opset {version} of the standard operators; opset {Opsets.Oldest} and later are read", Remedy: $"convert it: onnx.version_converter.convert_version(model, {Opsets.Oldest})");
    public static Diagnostic NewOpset(long version) => new("LT1010", $"opset {version} is newer than {Opsets.Newest}; its operators are read as those of {Opsets.Newest}", Severity: Severity.Warning);
    public static Diagnostic NoOpset(string domain, string where) => new("LT1011", $"operators of domain {Opsets.Show(domain)} are used, but no version of it is imported", where, "add the domain to opset_import");

    public static Diagnostic NotUtf8(string names) => new("LT1012", $"names that are not UTF-8 are read with \uFFFD in place of what is not: {names}", Severity: Severity.Warning);

    public static Diagnostic DataSize(string where, string type, string form, long have, long need, string unit) => new("LT1101", $"{type} needs {need} {unit}, {form} holds {have}", where, "the dims or the data were changed after export");
    public static Diagnostic BadDims(string where, string dims) => new("LT1102", $"dims {dims} are not the shape of a tensor", where, "each must be 0 or more and their product below 2^62");
    public static Diagnostic UnknownKind(string where, long kind) => new("LT1103", $"element type {kind} is not one that ONNX defines", where);
    public static Diagnostic TwoForms(string where, string forms) => new("LT1104", $"the data is stored more than once: {forms}", where);
    public static Diagnostic WrongForm(string where, Scalar kind, string form) => new("LT1105", $"numbers of {kind.Text} cannot be stored in {form}", where);
    public static Diagnostic OutOfKind(string where, Scalar kind, long index, long value) => new("LT1106", $"element {index} is {value}, which is no {kind.Text}", where);
    public static Diagnostic Outside(string where, string location) => new("LT1107", $"external data at {location} lies outside the model's folder", where, "external data is only read from the folder of the model or below it, links followed");
    public static Diagnostic NoExternal(string where, string location, string why) => new("LT1108", $"external data file {location}: {why}", where, "copy the file beside the model");
    public static Diagnostic ShortExternal(string where, string location, long offset, long length, long have) => new("LT1109", $"external data: bytes {offset} to {(Int128)offset + length} of {location} are asked for, which has {have}", where, "the data file belongs to another version of the model, or was cut off");
    public static Diagnostic BadExternal(string where, string what) => new("LT1110", $"external data: {what}", where);
    public static Diagnostic BadSparse(string where, string what) => new("LT1111", $"sparse tensor: {what}", where);
    public static Diagnostic TextWeight(string where) => new("LT1112", "a tensor of text; operators on text are not supported", where);
    public static Diagnostic ComplexWeight(string where) => new("LT1113", "a tensor of complex numbers; operators on them are not supported", where, "give real and imaginary parts along a last axis of 2, as DFT reads them");

    public static Diagnostic Duplicate(string name, string first, string second) => new("LT1201", $"the value {name} is made twice: by {first} and by {second}", second);
    public static Diagnostic NotMade(string name, string where, string nearest) => new("LT1202", $"reads {name}, which nothing makes", where, nearest == "" ? "" : $"the nearest name is {nearest}");
    public static Diagnostic OutputNotMade(string name, string nearest) => new("LT1203", $"the graph returns {name}, which nothing makes", name, nearest == "" ? "" : $"the nearest name is {nearest}");
    public static Diagnostic Cycle(string nodes, string where) => new("LT1204", $"nodes wait for each other: {nodes}", where);
    public static Diagnostic RecursiveFunction(string chain, string where) => new("LT1205", $"functions call each other without end: {chain}", where);
    public static Diagnostic TooManyNodes(int most) => new("LT1206", $"more than {most} nodes once functions are inlined");
    public static Diagnostic FunctionArity(string function, string what, int most, int have, string where) => new("LT1207", $"the function {function} has {most} {what}, {have} are given", where);
    public static Diagnostic FunctionTwice(string function) => new("LT1208", $"the function {function} is defined twice", function);
    public static Diagnostic NoName(string what) => new("LT1209", $"{what} has no name");
    public static Diagnostic NoOutputs() => new("LT1210", "the graph returns nothing", Remedy: "the graph's output list is empty; the model may be only a library of functions");
    public static Diagnostic InputKind(string input, string what, string remedy) => new("LT1211", $"the input is {what}; only tensors of numbers and truth values can be inputs of a library", input, remedy);
    public static Diagnostic InputOnHost(string input, string what) => InputKind(input, what, "-o NAME.lathe compiles the rest and leaves this value to Lathe.Runtime; lathe run and lathe verify take it too");
    public static Diagnostic InputShape(string input) => new("LT1212", "the input has no shape, not even a number of axes", input, "export the model with shapes of its inputs; axes may be dynamic");
    public static Diagnostic DefaultInputs(string inputs) => new("LT1213", $"inputs with a default among the weights are compiled as constants: {inputs}", Severity: Severity.Warning);

    public static Diagnostic DimSyntax(string text) => new("LT1301", $"\"{text}\" does not bind a dimension", Remedy: "write name=value, name=low..high or name=low.., whole numbers from 0");
    public static Diagnostic UnknownDim(string binding, string names) => new("LT1302", $"--dim {binding}: the model has no such dimension", Remedy: names == "" ? "all of its dimensions are fixed" : $"its dimensions are {names}");
    public static Diagnostic FixedDim(string binding, long value) => new("LT1303", $"--dim {binding}: the model fixes this dimension to {value}");
    public static Diagnostic BoundTwice(string first, string second) => new("LT1304", $"--dim {first} and --dim {second} bind one dimension");
    public static Diagnostic ZeroDim(string where) => new("LT1305", "a dimension is 0: the tensor is empty", where, "if 0 stands for an unknown extent, bind it: --dim input.axis=value", Severity.Warning);
    public static Diagnostic Contradiction(string value, string declared, string inferred) => new(ContradictionCode, $"the file declares {declared}, the operators make {inferred}; the file's note is ignored", value, Severity: Severity.Warning);

    public static Diagnostic NoSuchInput(string input, string inputs) => new("LT1307", $"the model has no input {input} to make a constant of", Remedy: inputs == "" ? "it has no inputs" : $"its inputs are {inputs}");
    public static Diagnostic ConstantType(string input, string declared, string given) => new("LT1308", $"the input is {declared}, its constant is {given}", input);

    public static Diagnostic UnknownOperator(string op, string domain, long opset, string nodes, string where, string nearest) => new("LT2001", $"operator {op} (domain {Opsets.Show(domain)}, opset {opset}) is not supported; used by {nodes}", where, nearest == "" ? "" : $"the nearest known operator is {nearest}");
    public static Diagnostic HostOnly(string where, string op, string what) => new("LT2009", $"{op} works on {what}, which a compiled model cannot carry", where, "-o NAME.lathe compiles the rest and leaves this step to Lathe.Runtime; lathe run and lathe verify compute it too");
    public static Diagnostic UnknownAttribute(string where, string op, string attribute, string known) => new("LT2002", $"{op} has no attribute {attribute}", where, known == "" ? "it has none" : $"its attributes are {known}");
    public static Diagnostic AttributeKind(string where, string op, string attribute, string want, string have) => new("LT2003", $"{op}: attribute {attribute} must be {want}, it is {have}", where);
    public static Diagnostic AttributeTwice(string where, string op, string attribute) => new("LT2008", $"{op}: attribute {attribute} is given twice", where);
    public static Diagnostic Misfit(string where, string message, string operands, string remedy = "") => new(MisfitCode, operands == "" ? message : $"{message} (operands {operands})", where, remedy);
    public static Diagnostic RegionsTooDeep(string where, int deepest) => new("LT2005", $"graphs stand inside one another more than {deepest} deep", where);
    public static Diagnostic NoRegion(string where, string op, string attribute) => new("LT2009", $"{op} has no graph {attribute}", where);
    public static Diagnostic Branches(string where, string why, string condition) => new("LT2010", $"{why}; the model is compiled for {condition}, which a run checks", where, Severity: Severity.Warning);
    public static Diagnostic NoSide(string where, string why) => new("LT2011", why, where, "make the condition known when compiling: --dim where dimensions decide it, else a constant of the model; or give both graphs results of as many axes");
    public static Diagnostic MaxSyntax(string text) => new("LT1310", $"\"{text}\" does not bound a number", Remedy: "write name=number, a whole number from 0");
    public static Diagnostic UnknownMax(string name, string names) => new("LT1309", $"--max {name}: no number of that name is decided by a run", Remedy: names == "" ? "dimensions of inputs are bounded with --dim" : $"there are {names}");
    public static Diagnostic OldForm(string where, string op, long opset, string why) => new("LT2006", $"{op} as of opset {opset}: {why}", where);
    public static Diagnostic TooManyResults(string where, string op, int most, int have) => new("LT2007", $"{op} makes {most} result{(most == 1 ? "" : "s")}, the node names {have}", where);

    public static Diagnostic NoStoredForm(Value weight) => new("LT1401", $"ONNX has no form of {weight.Type}", weight.Name, "i8, u8, i4, u4, i2 and u2 with scales of f32, f16 or bf16, and f16 and bf16 have one; --onnx-decode writes the others as f32");
    public static Diagnostic Decoded(Value weight) => new("LT1401", $"ONNX has no form of {weight.Type}: it is written as f32, {4 * weight.Type.Count} bytes in place of {weight.Type.Encoding.Size(weight.Type.Shape)}", weight.Name, Severity: Severity.Warning);
    public static Diagnostic NoOnnxStep(Node node) => new("LT1402", node.Regions.Count > 0 ? "graphs inside a step are not exported to ONNX" : $"ONNX has no operator for {node.Op.Name}", node.Result.Name, "--emit=ir writes what lathe reads back");
}
