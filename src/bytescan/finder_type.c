/* The type Finder of the Python module. */

#include "binding.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "finder.h"

typedef struct {
    PyObject_HEAD
    Finder finder;
    const Kernel *kernel;
} FinderObject;

/* The most that a list of literals may hold, so that their places fit 32 bits with room to spare. */
enum { MOST_LITERALS = 1 << 24, LONGEST_LITERAL = 1 << 16 };

static bool add_literal(Finder *finder, PyObject *item)
{
    const char *bytes;
    Py_ssize_t length, window;
    unsigned int bucket;
    if (!PyTuple_Check(item)) {
        PyErr_SetString(PyExc_TypeError, "a literal is a tuple of bytes, window and bucket");
        return false;
    }
    if (!PyArg_ParseTuple(item, "y#nI", &bytes, &length, &window, &bucket))
        return false;
    Py_ssize_t last = length > WINDOW ? length - WINDOW : 0;
    if (length < SHORTEST || length > LONGEST_LITERAL || window < 0 || window > last ||
        (length >= WINDOW && bucket >= finder_buckets(finder->numbers))) {
        PyErr_SetString(PyExc_ValueError, "literal, window or bucket out of range");
        return false;
    }
    finder_add(finder, (const uint8_t *)bytes, (size_t)length, (size_t)window, bucket);
    return true;
}

/* Give how many bytes the literals of a list have; -1 with an exception where one is none. */
static Py_ssize_t bytes_of_all(PyObject *literals, Py_ssize_t count)
{
    Py_ssize_t sum = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyList_GetItem(literals, i);
        PyObject *bytes = item && PyTuple_Check(item) && PyTuple_Size(item) == 3
                              ? PyTuple_GetItem(item, 0)
                              : NULL;
        if (!bytes || !PyBytes_Check(bytes)) {
            PyErr_SetString(PyExc_TypeError, "a literal is a tuple of bytes, window and bucket");
            return -1;
        }
        sum += PyBytes_Size(bytes);
    }
    return sum;
}

static bool add_spans(NumberSpans *spans, PyObject *given)
{
    Py_ssize_t count = given ? PySequence_Size(given) : 0;
    if (count < 0)
        return false;
    if (count > MOST_SPANS) {
        PyErr_Format(PyExc_ValueError, "no more than %d spans", MOST_SPANS);
        return false;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        NumberSpan span;
        long long place;
        PyObject *item = PySequence_GetItem(given, i);
        int parsed = item && PyArg_Parse(item, "(Ldd)", &place, &span.least, &span.greatest);
        Py_XDECREF(item);
        if (!parsed)
            return false;
        span.place = place;
        size_t *farthest = place < 0 ? &spans->farthest_last : &spans->farthest_first;
        size_t far = (size_t)(place < 0 ? -1 - place : place);
        if (far > *farthest)
            *farthest = far;
        spans->items[spans->count++] = span;
    }
    return true;
}

static int finder_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"literals", "numbers", "spans", "anywhere", "kernel", NULL};
    FinderObject *object = (FinderObject *)self;
    PyObject *given, *spans = NULL;
    int numbers = NO_NUMBERS, anywhere = 0;
    const char *name = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|iOp$z", names, &given, &numbers, &spans,
                                     &anywhere, &name))
        return -1;
    const Kernel *kernel = kernel_for(name);
    if (!kernel)
        return -1;
    if (object->kernel) {
        PyErr_SetString(PyExc_TypeError, "a Finder is made once");
        return -1;
    }
    if (numbers < NO_NUMBERS || numbers > IN_PAYLOADS) {
        PyErr_SetString(PyExc_ValueError, "numbers is 0, 1 or 2");
        return -1;
    }
    /* A list of our own, which nobody else can change while it is read. */
    PyObject *literals = PySequence_List(given);
    if (!literals)
        return -1;
    Py_ssize_t count = PyList_Size(literals), bytes = bytes_of_all(literals, count);
    bool done = false;
    if (bytes >= 0 && count <= MOST_LITERALS) {
        done = finder_begin(&object->finder, (size_t)count, (size_t)bytes, (Numbers)numbers);
        for (Py_ssize_t i = 0; done && i < count; i++)
            done = add_literal(&object->finder, PyList_GetItem(literals, i));
        done = done && add_spans(&object->finder.spans, spans) && finder_end(&object->finder);
    }
    Py_DecRef(literals);
    if (!done) {
        finder_free(&object->finder);
        if (!PyErr_Occurred())
            PyErr_NoMemory();
        return -1;
    }
    object->finder.spans.anywhere = anywhere;
    object->kernel = kernel;
    return 0;
}

static void finder_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    finder_free(&((FinderObject *)self)->finder);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DecRef((PyObject *)type);
}

static PyObject *literal_finds(const Finds *finds)
{
    PyObject *list = PyList_New((Py_ssize_t)finds->literal_count);
    for (size_t i = 0; list && i < finds->literal_count; i++) {
        const LiteralFind *find = &finds->literals[i];
        PyObject *item = pair_of(find->end, find->literal);
        if (!item || PyList_SetItem(list, (Py_ssize_t)i, item) < 0) {
            Py_DecRef(list);
            return NULL;
        }
    }
    return list;
}

static PyObject *finder_find(PyObject *self, PyObject *data)
{
    FinderObject *object = (FinderObject *)self;
    Py_buffer view;
    if (!object->kernel) {
        PyErr_SetString(PyExc_TypeError, "the Finder was not made");
        return NULL;
    }
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    Finds finds = {0};
    bool done;
    Py_BEGIN_ALLOW_THREADS
    done = object->kernel->find(&object->finder, view.buf, (size_t)view.len, &finds);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&view);
    PyObject *literals = NULL, *numbers = NULL, *both = NULL;
    if (!done)
        PyErr_NoMemory();
    else if ((literals = literal_finds(&finds)) && (numbers = PyBytes_FromStringAndSize(
                                                 (const char *)finds.numbers,
                                                 (Py_ssize_t)(finds.number_count *
                                                              sizeof *finds.numbers))))
        both = PyTuple_Pack(2, literals, numbers);
    Py_XDECREF(literals);
    Py_XDECREF(numbers);
    free(finds.literals);
    free(finds.numbers);
    return both;
}

/* Where messages stand that lie one byte apart: the first from a start, and all up to their ends. */
typedef struct {
    size_t start, count, at;
    const char *ends;
} Messages;

static size_t end_of(const Messages *messages, size_t place)
{
    uint64_t end;
    memcpy(&end, messages->ends + place * sizeof end, sizeof end);
    return end;
}

/* Give the spans that a number may be, in the message that holds it; these come in their order. */
static uint64_t spans_in(const Finder *finder, const Py_buffer *view, Messages *messages,
                         const NumberFind *number)
{
    size_t first = number->entry, last = (size_t)view->len;
    if (finder->numbers == IN_MESSAGES) {
        while (messages->at < messages->count && end_of(messages, messages->at) < number->end)
            messages->at++;
        if (messages->at == messages->count)
            return NUMBER_ALL;
        first = messages->at ? end_of(messages, messages->at - 1) + 1 : messages->start;
        last = end_of(messages, messages->at);
    }
    if (first > number->start || number->start > number->end || number->end > last ||
        last > (size_t)view->len)
        return NUMBER_ALL;
    return spans_of(&finder->spans, finder->numbers, view->buf, first, last, number);
}

/* The last number that was given, and the spans that were given for its message. */
typedef struct {
    size_t start, message;
    uint64_t spans;
} Given;

static bool is_same_message(const Finder *finder, const Py_buffer *view, const Messages *messages,
                            const NumberFind *number, const Given *given)
{
    if (finder->numbers == IN_MESSAGES)
        return messages->at == given->message;
    return number->start <= (size_t)view->len &&
           is_one_message(view->buf, given->start, number->start);
}

/* Give a list of where numbers end, and their spans, of those that may be any. */
static PyObject *placed(const Finder *finder, const Py_buffer *view, Messages *messages,
                        const Py_buffer *numbers)
{
    PyObject *list = PyList_New(0);
    Given given = {0, 0, 0};
    const char *next = numbers->buf;
    for (Py_ssize_t left = numbers->len; list && left >= (Py_ssize_t)sizeof(NumberFind);) {
        NumberFind number;
        memcpy(&number, next, sizeof number);
        next += sizeof number;
        left -= (Py_ssize_t)sizeof number;
        uint64_t spans = spans_in(finder, view, messages, &number);
        /* A message may hold a million numbers: of these it is enough to give the first few. */
        bool same = is_same_message(finder, view, messages, &number, &given);
        uint64_t before = same ? given.spans : 0;
        if (same || spans)
            given = (Given){number.start, messages->at, before | spans};
        if ((spans & ~before) == 0)
            continue;
        PyObject *item = pair_of(number.end, spans);
        int failed = item ? PyList_Append(list, item) : -1;
        Py_XDECREF(item);
        if (failed < 0) {
            Py_DecRef(list);
            return NULL;
        }
    }
    return list;
}

static PyObject *finder_placed(PyObject *self, PyObject *args)
{
    FinderObject *object = (FinderObject *)self;
    Py_buffer view, numbers, ends = {0};
    Py_ssize_t start = 0;
    if (!PyArg_ParseTuple(args, "y*y*|ny*", &view, &numbers, &start, &ends))
        return NULL;
    Messages messages = {(size_t)start, (size_t)ends.len / sizeof(uint64_t), 0, ends.buf};
    PyObject *list = placed(&object->finder, &view, &messages, &numbers);
    PyBuffer_Release(&view);
    PyBuffer_Release(&numbers);
    if (ends.obj)
        PyBuffer_Release(&ends);
    return list;
}

static PyMethodDef finder_methods[] = {
    {"find", finder_find, METH_O, "Find the literals and the numbers in bytes."},
    {"placed", finder_placed, METH_VARARGS, "Tell which numbers stand where they are wanted."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot finder_slots[] = {
    {Py_tp_doc, "Find literals, and tokens that are numbers, in one pass over bytes."},
    {Py_tp_init, finder_init},
    {Py_tp_dealloc, finder_dealloc},
    {Py_tp_methods, finder_methods},
    {0, NULL},
};

PyType_Spec finder_spec = {
    .name = "trailbell.engine.bytescan.Finder",
    .basicsize = sizeof(FinderObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = finder_slots,
};
