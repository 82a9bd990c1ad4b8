// The textual IR: graphs, kernels and programs. The grammar knows shapes of text, never vocabularies: operators, encodings,
// loop kinds, functions and kinds of number are plain names that the reader looks up, so adding one never touches this file.
// Words behind a # name the alternatives. Operators of formulas stand in a flat list: the reader knows how tightly each binds, and a long sum is no deep tree.
grammar Ir;

file      : weights? (graph | kernel | program)* EOF ;

// ---- weights: every constant, its type, and where its bytes are ------------------------------------
weights   : 'weights' '{' weight* '}' ;
weight    : GLOBAL ':' type '=' (elements | plane (',' plane)*) ;
plane     : (part '=')? HASH ;                        // sha:5d1e7a90…, kept beside the text
part      : name (':' name)* ;                        // scale; u:scale of a factor
elements  : '[' (expr (',' expr)*)? ']' ;             // a small weight's numbers

// ---- graphs: what to compute, on whole tensors ------------------------------------------------------
graph     : 'graph' label '(' params? ')' '->' results where? '{' check* node* 'return' operands? '}' ;
params    : param (',' param)* ;
param     : LOCAL ':' type ('=' elements)? ;          // contents that are known: the round of a loop
results   : type | '(' (type (',' type)*)? ')' ;
where     : 'where' dimension (',' dimension)* ;
dimension : label 'in' whole '..' whole? ;            // n in 1..512
whole     : '-'? INT ;
check     : 'check' expr ',' STRING ;
node      : targets '=' call ':' made (',' made)* ('{' inside '}')? ;
targets   : LOCAL (',' LOCAL)* ;
made      : type ('=' (elements | '_'))? ;            // contents where they do not follow from the operands
call      : name '(' (argument (',' argument)*)? ')' ;
argument  : operand | attribute ;
attribute : name '=' literal ;
inside    : node* 'yield' (call | operands)                               # group
          | graph+                                                        # regions
          ;
operands  : operand (',' operand)* ;
operand   : LOCAL | GLOBAL | '_' ;                    // '_' is an optional operand left out

type      : 'tensor' '<' (shape ',')? encoding '>' ;
shape     : SHAPE | INT | '[' (expr (',' expr)*)? ']' ;
encoding  : name pattern? attribute* ('(' encoding ')')? ('+' encoding)? ;  // i8 scale=0.5 zero=-1; sparse 4x1 keep=0.2 (f16); lowrank rank=32 (f16) + i4 group=64; order=[0, 2, 3, 1] may follow
pattern   : SHAPE | INT ':' INT ;                     // 4x1, 2:4
encodingAlone : encoding EOF ;                        // as an option of a pass holds it
literal   : '[' (literal (',' literal)*)? ']'                             # list
          | type                                                          # ofType
          | '(' encoding ')'                                              # ofEncoding
          | expr                                                          # ofExpr
          ;
// ---- kernels: how to compute it, loop by loop -------------------------------------------------------
kernel    : 'kernel' label '(' buffers? ')' '->' ('(' ')' | buffers) where? external? '{' stmt* '}' ;
external  : 'external' STRING '(' operands? ')' ;       // a function of C that computes the same, and what it is given
buffers   : buffer (',' buffer)* ;
buffer    : LOCAL ':' shape? name attribute? ('in' name)? ;
stmt      : '{' stmt* '}'                                                 # block
          | 'let' name '=' expr                                           # let
          | 'scratch' buffer                                              # scratch    // until the end of the braces
          | head (',' head)* '{' stmt* '}'                                # nest
          | LOCAL index '=' expr                                          # store
          ;
head      : 'if' expr | name? axis ;                  // for i in 2, j in 3: a kind holds until the next
axis      : name 'in' expr ;
index     : '[' (expr (',' expr)*)? ('else' expr)? ']' ;

// ---- programs: where everything lies and what runs when ----------------------------------------------
program   : 'program' label '(' params? ')' '->' '(' params? ')' where? '{' arena check* slots once? steps '}' ;
arena     : 'arena' expr ',' 'least' expr ;
slots     : 'slots' '{' slot* '}' ;
slot      : buffer ('at' expr)? ;
once      : 'once' '{' step* '}' ;
steps     : 'steps' '{' step* '}' ;
step      : label ':' label '(' operands? ')' '->' ('(' ')' | operands) ('{' attribute (',' attribute)* '}')?   # run
          | label ':' 'if' expr '{' step* '}' ('else' '{' step* '}')?                                           # branch
          | label ':' 'loop' label ('in' expr)? ('while' expr)? ('->' label)? '{' step* '}'                     # repeat
          | 'let' label '=' expr ('most' expr)?                                                               # bind
          | check                                                                                             # demand
          ;

// ---- formulas ----------------------------------------------------------------------------------------
expr      : primary (operator primary)* ;
operator  : '+' | '-' | '*' | '/' | '%' | '<' | '<=' | '==' | '&' | '|' | '^' | '<<' | '>>' ;
primary   : '(' expr ')'                                                  # parens
          | name '(' (expr (',' expr)*)? ')'                              # apply      // max(a, b), f32(x), bits.i32(x)
          | name axis (',' axis)* '{' (local ';')* expr (',' expr)* '}'   # reduction  // sum k in 64 { … }
          | LOCAL index                                                   # load
          | '-'? (INT | FLOAT | name) (':' name)?                         # word       // a number, or an index, let or dimension
          | STRING                                                        # quoted     // a dimension by any name, or text
          ;
local     : 'let' name '=' expr ;

label     : name | STRING ;
// Words that only lead a statement are free elsewhere.
name      : NAME | 'arena' | 'at' | 'check' | 'else' | 'external' | 'graph' | 'kernel' | 'least' | 'once' | 'loop' | 'most' | 'program' | 'slots' | 'steps' | 'weights' | 'while' | 'if' | 'let' | 'where' | 'scratch' ;

HASH      : 'sha:' [0-9a-f]+ ;
SHAPE     : [0-9]+ ('x' [0-9]+)+ ;
INT       : [0-9]+ ;
FLOAT     : [0-9]+ '.' [0-9]+ ([eE] [+-]? [0-9]+)? | [0-9]+ [eE] [+-]? [0-9]+ ;
LOCAL     : '%' (PART (':' PART)* | STRING) ;
GLOBAL    : '@' (PART (':' PART)* | STRING) ;
NAME      : [A-Za-z_] [A-Za-z0-9_.]* ;
STRING    : '"' ('\\' ~[\r\n] | ~["\\\r\n])* '"' ;
COMMENT   : '//' ~[\r\n]* -> skip ;
SPACE     : [ \t\r\n]+ -> skip ;
OTHER     : . ;

fragment PART : [A-Za-z0-9_./]+ ;
