-- Carriers by the codes of two tracking services, which ERPs keep beside the marketplaces' own.  A marketplace's own list is the shop's to load
-- under the platform's code, and restricts what carriers its flows take; these rows restrict nothing.

INSERT INTO aftersale.carrier (platform, code, carrier, name, aliases) VALUES
    ('kuaidi100', 'shunfeng', 'sf', 'SF Express', '{}'),
    ('kuaidi100', 'yuantong', 'yto', 'YTO Express', '{}'),
    ('kuaidi100', 'zhongtong', 'zto', 'ZTO Express', '{}'),
    ('kuaidi100', 'shentong', 'sto', 'STO Express', '{}'),
    ('kuaidi100', 'yunda', 'yunda', 'Yunda', '{}'),
    ('kuaidi100', 'jtexpress', 'jt', 'J&T Express', '{}'),
    ('kuaidi100', 'jd', 'jd', 'JD Logistics', '{}'),
    ('kuaidi100', 'debangkuaidi', 'deppon', 'Deppon', '{debangwuliu}'),
    ('kuaidi100', 'ems', 'ems', 'EMS', '{}'),
    ('kuaidi100', 'youzhengguonei', 'china_post', 'China Post', '{}'),
    ('kuaidi100', 'huitongkuaidi', 'best', 'Best', '{}'),
    ('kdniao', 'SF', 'sf', 'SF Express', '{}'),
    ('kdniao', 'YTO', 'yto', 'YTO Express', '{}'),
    ('kdniao', 'ZTO', 'zto', 'ZTO Express', '{}'),
    ('kdniao', 'STO', 'sto', 'STO Express', '{}'),
    ('kdniao', 'YD', 'yunda', 'Yunda', '{}'),
    ('kdniao', 'JTSD', 'jt', 'J&T Express', '{}'),
    ('kdniao', 'JD', 'jd', 'JD Logistics', '{}'),
    ('kdniao', 'DBL', 'deppon', 'Deppon', '{}'),
    ('kdniao', 'EMS', 'ems', 'EMS', '{}'),
    ('kdniao', 'YZPY', 'china_post', 'China Post', '{}'),
    ('kdniao', 'HTKY', 'best', 'Best', '{}')
ON CONFLICT DO NOTHING;
