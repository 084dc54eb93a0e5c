-- Where a job's spans hang, by W3C's Trace Context; null where its submission was not traced.
alter table jobs add column traceparent text;
alter table outbox add column traceparent text;
